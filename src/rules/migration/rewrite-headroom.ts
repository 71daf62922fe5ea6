import { onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'migration/rewrite-headroom',
  title: 'A rewrite needs the disk space a second time',
  message:
    'writes {bytes:bytes} of {table:code}{others} anew: until it commits, the disk holds both copies, and WAL of about the same size besides, not counting indexes',
  triggeredWhen:
    'one statement gives tables of a gigabyte or more at production new files, with all their rows in them',
  impact:
    'a full disk stops the server; replicas lag behind until they have written as much, and replication slots keep the WAL meanwhile',
  remediation: [
    {
      kind: 'advice',
      title: 'Measure before, or write less at once',
      text: 'Check for free space of three times pg_total_relation_size(table), on replicas too, and max_slot_wal_keep_size. A new column that is filled in batches spreads the same work over time.',
    },
  ],
  core: false,
  *check(facts) {
    for (const each of facts.statements) {
      const tables = each.statement.rewrites.flatMap((name) => facts.table(name) ?? []);
      const [largest, ...others] = tables.toSorted((a, b) => b.bytes - a.bytes);
      if (largest === undefined) continue;
      const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
      const severity = facts.severity('migration/rewrite-headroom', bytes);
      if (severity === 'healthy') continue;
      yield onStatement(each, severity, {
        table: largest.name,
        others: others.length === 0 ? '' : ` and ${others.length} more`,
        bytes,
      });
    }
  },
});
