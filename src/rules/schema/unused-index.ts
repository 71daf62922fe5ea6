import type { ConstraintObject, IndexObject } from '../../model/schema.ts';
import { quoteQualified, unquoted } from '../../sql/identifier.ts';
import type { Facts } from '../facts.ts';
import { isCreated, onObject } from '../on-object.ts';
import { dateOf } from '../production-use.ts';
import { defineRule } from '../rule.ts';
import { milder } from '../severity.ts';

/** Days of counters below which something that runs once a week or at the end of the month may be missing. */
const leastDays = 14;

/** Rows a day from which on entering them into one more index is worth a thought: one every ten seconds. */
const manyEntries = 10_000;

export default defineRule({
  id: 'schema/unused-index',
  title: 'Production does not use an index',
  message:
    'production did not scan {index:code} on {table:code} once from {since} to {until}: it takes {bytes:bytes}[[, and {entries:count} rows a day enter it]][[; it serves {foreignKey:code} if rows of {referenced:code} are deleted, which none was]]',
  triggeredWhen:
    'the statistics file counts no scan of an index in at least 14 days, and it neither makes values unique nor backs a constraint, nor finds the rows that refer to deleted ones',
  impact:
    'every insert, and every update that is not in place, enters it; it takes disk, memory and time of vacuum, for nobody',
  remediation: [
    {
      kind: 'sql',
      title: 'Drop it, outside a transaction',
      text: 'DROP INDEX CONCURRENTLY {drop:sql};',
      needs: 'drop',
    },
    {
      kind: 'advice',
      title: 'Ask the replicas first',
      text: 'Replicas have counters of their own: look at idx_scan in pg_stat_user_indexes on each of them. Something that runs once a quarter may not have run yet, and an index that was built in the meantime has counted for less time.',
    },
  ],
  core: false,
  *check(facts) {
    const counted = facts.activity?.counted ?? null;
    if (counted === null || counted.days < leastDays) return;
    for (const table of facts.schema.tables) {
      for (const index of facts.schema.on(table.name, 'index')) {
        const activity = facts.activity?.indexes.get(index.name);
        if (activity === undefined || activity.scans > 0 || !index.valid || isNeeded(index)) continue;
        // Then it is another of the same definition that was not scanned.
        if (isCreated(facts, index)) continue;
        const key = keyServed(facts, index);
        if (key?.references && isDeletedFrom(facts, key.references.table)) continue;
        const entries = facts.activity?.tables.get(table.name)?.entriesPerDay ?? null;
        const isDear = key === null && entries !== null && entries >= manyEntries;
        const severity = facts.severity('schema/unused-index', activity.bytes);
        yield onObject(facts, index, isDear ? severity : milder(severity, 'low'), {
          index: index.name,
          table: table.name,
          since: dateOf(counted.since),
          until: dateOf(counted.until),
          bytes: activity.bytes,
          entries: entries === null ? null : Math.round(entries),
          foreignKey: key?.name ?? null,
          referenced: key?.references?.table ?? null,
          // Without it, what is deleted one day would read the whole table.
          drop: key === null ? quoteQualified(index.name) : null,
        });
      }
    }
  },
});

function isNeeded({ unique, constraint, replicaIdentity }: IndexObject): boolean {
  return unique || constraint !== null || replicaIdentity;
}

/** The foreign key whose referencing rows only this index finds. */
function keyServed(facts: Facts, index: IndexObject): ConstraintObject | null {
  const others = facts.schema.on(index.table, 'index').filter((each) => each !== index && each.valid);
  const keys = facts.schema.on(index.table, 'constraint').filter(({ references }) => references !== null);
  return keys.find((key) => serves(index, key) && !others.some((other) => serves(other, key))) ?? null;
}

function serves({ keys }: IndexObject, { columns }: ConstraintObject): boolean {
  const first = keys.slice(0, columns.length).map(unquoted);
  return columns.every((column) => first.includes(column));
}

/** What nobody knows of may be. */
function isDeletedFrom({ activity }: Facts, table: string): boolean {
  return (activity?.tables.get(table)?.deleted ?? 1) > 0;
}
