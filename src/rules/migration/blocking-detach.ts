import { blocksReads } from '../../model/observation.ts';
import { assumedRemark, lockOn, onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'migration/blocking-detach',
  title: 'A partition is detached under ACCESS EXCLUSIVE',
  message:
    'detaches {partition:code} while holding `ACCESS EXCLUSIVE` on {table:code} ({rows:count}{assumed} rows): every query on any of its partitions waits',
  triggeredWhen: 'DETACH PARTITION without CONCURRENTLY takes a partition of a table that existed before',
  impact: 'it waits for every running query on the partitioned table, and all others wait behind it',
  remediation: [
    {
      kind: 'advice',
      title: 'Detach it concurrently',
      text: 'ALTER TABLE ... DETACH PARTITION ... CONCURRENTLY, outside a transaction, locks the table against DDL only. It is refused where the table has a DEFAULT partition.',
    },
  ],
  core: false,
  *check(facts) {
    for (const each of facts.statements) {
      for (const difference of each.statement.differences) {
        if (difference.kind !== 'altered' || !('partitionBound' in difference.before)) continue;
        const { partitionBound, parents, name } = difference.before;
        const isDetached =
          partitionBound !== null &&
          'partitionBound' in difference.after &&
          difference.after.partitionBound === null;
        const [parent = ''] = parents;
        const lock = lockOn(each, parent);
        const table = facts.table(parent);
        if (!isDetached || lock === null || table === null || !blocksReads(lock.mode)) continue;
        yield onStatement(each, facts.severity('migration/blocking-detach', table.rows), {
          partition: name,
          table: parent,
          rows: table.rows,
          assumed: assumedRemark(table),
        });
      }
    }
  },
});
