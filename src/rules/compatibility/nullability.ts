import type { Severity } from '../../model/insight.ts';
import { alterations } from '../alterations.ts';
import { onCause } from '../on-cause.ts';
import { defineRule } from '../rule.ts';
import type { ObjectOf } from '../schema-facts.ts';
import { insertsInto, namesColumn, queriesOf, type Usage, usages, usedBy } from '../usage.ts';

type Column = ObjectOf<'column'>;

export default defineRule({
  id: 'compatibility/nullability',
  title: 'A column can hold values that the running version does not expect',
  message: '{what} of {column:code} in {table:code}: {effect}; {usage}',
  triggeredWhen: 'a column that existed before loses its NOT NULL or its default, or gets another default',
  impact:
    'the new version writes what the old one has never read, and an old one may not check for NULL; or rows that it inserts hold other values than before',
  remediation: [
    {
      kind: 'advice',
      title: 'First the readers, then the writers',
      text: 'Release code that can read the new values before anything writes them, and change the column in a later deploy.',
    },
  ],
  core: false,
  *check(facts) {
    for (const loosened of alterations(
      facts,
      ['column'],
      (before, after) => before.notNull && !after.notNull,
    )) {
      const { before, after, by } = loosened;
      const using = usages(facts).filter((usage) => namesColumn(usage, before.table, before.name));
      yield onCause(
        by,
        after,
        severityOf(using),
        {
          table: before.table,
          column: before.name,
          what: 'drops NOT NULL',
          effect: 'readers may find NULL where there never was one',
          usage: usedBy(facts, using),
        },
        queriesOf(using),
      );
    }
    for (const { before, after, by } of alterations(facts, ['column'], hasOtherDefault)) {
      const using = usages(facts).filter(
        (usage) =>
          insertsInto(usage, before.table) && usage.names.insert?.columns?.includes(before.name) !== true,
      );
      yield onCause(
        by,
        after,
        severityOf(using),
        {
          table: before.table,
          column: before.name,
          ...(after.default === null
            ? {
                what: `drops the default ${before.default}`,
                effect: 'rows that leave it out hold NULL from now on',
              }
            : {
                what: `makes ${after.default} the default in place of ${before.default}`,
                effect: 'rows that leave it out hold another value from now on',
              }),
          usage: usedBy(facts, using),
        },
        queriesOf(using),
      );
    }
  },
});

function severityOf(using: readonly Usage[]): Severity {
  return using.length > 0 ? 'medium' : 'low';
}

/** That a NOT NULL column has no default any more is compatibility/required-column's to tell. */
function hasOtherDefault(before: Column, after: Column): boolean {
  if (before.default === null || before.default === after.default) return false;
  if (before.generated !== null || after.generated !== null || after.identity !== null) return false;
  if (after.default === null) return !after.notNull;
  // With the type, the way in which a default is written changes; with a sequence's name, that of its nextval.
  return before.type === after.type && !isSequence(before.default, after.default);
}

function isSequence(...defaults: readonly string[]): boolean {
  return defaults.every((text) => text.startsWith('nextval('));
}
