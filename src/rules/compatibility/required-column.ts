import type { Severity } from '../../model/insight.ts';
import type { Facts } from '../facts.ts';
import { onCause } from '../on-cause.ts';
import { isFilledByTrigger, leavesOut, requiredColumns } from '../required-columns.ts';
import { defineRule } from '../rule.ts';
import type { ObjectOf } from '../schema-facts.ts';
import { insertsInto, namesOf, queriesOf, type Usage, usages } from '../usage.ts';

type Column = ObjectOf<'column'>;

export default defineRule({
  id: 'compatibility/required-column',
  title: 'A column must be given a value that the running version does not know of',
  message:
    'leaves {column:code} of {table:code} NOT NULL and without a default, which it was not before: an INSERT that leaves it out fails; {inserts}',
  triggeredWhen:
    'a column of a table that existed before is NOT NULL at head without a default, identity or generation, and is new, or was nullable, or had one of those',
  impact: 'until the new version runs everywhere, inserts of the old one fail with 23502',
  remediation: [
    {
      kind: 'sql',
      title: 'Let the database fill it until the deploy is over',
      text: 'ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT ...; -- drop it in a later change',
    },
  ],
  core: false,
  *check(facts) {
    for (const { column, table, isNew, by } of requiredColumns(facts)) {
      const inserting = usages(facts).filter((usage) => insertsInto(usage, table));
      const omitting = inserting.filter(({ names }) =>
        leavesOut(names.insert?.columns ?? null, column, isNew),
      );
      yield onCause(
        by,
        column,
        severityOf(facts, column, inserting, omitting),
        {
          table,
          column: column.name,
          inserts: insertsInWords(inserting, omitting),
        },
        queriesOf(omitting),
      );
    }
  },
});

/** A trigger may fill it; and where all captured inserts do, others hardly leave it out. */
function severityOf(
  facts: Facts,
  { table }: Column,
  inserting: readonly Usage[],
  omitting: readonly Usage[],
): Severity {
  if (isFilledByTrigger(facts, table)) return 'low';
  if (omitting.length > 0) return 'high';
  return inserting.length > 0 ? 'low' : 'medium';
}

function insertsInWords(inserting: readonly Usage[], omitting: readonly Usage[]): string {
  if (omitting.length > 0) return `so do captured queries: ${namesOf(omitting)}`;
  return inserting.length > 0 ? 'all captured inserts give it one' : 'no inserts were captured';
}
