import { plainName } from '../../model/schema.ts';
import { type Loss, lossOf } from '../../sql/type-capacity.ts';
import { alterations, creations, drops } from '../alterations.ts';
import type { Facts } from '../facts.ts';
import type { StatementFacts } from '../facts-source.ts';
import { onCause } from '../on-cause.ts';
import { defineRule } from '../rule.ts';
import type { ObjectOf } from '../schema-facts.ts';
import { worse } from '../severity.ts';

export default defineRule({
  id: 'migration/narrowing-type',
  title: 'A column can hold less than before',
  message:
    'makes {column:code} of {table:code} {after:code} instead of {before:code}: {loss} ({rows:count} rows at production)',
  triggeredWhen:
    'a column that existed before has a type at head that cannot hold every value that the old one could: a smaller number, a shorter text, fewer digits, a date for a time, an enum with fewer values',
  impact:
    'one row that does not fit stops the deploy, or what does not fit is rounded or cut off without a word, and no rollback brings it back',
  remediation: [
    {
      kind: 'advice',
      title: 'Look first, and keep the old values',
      text: 'Count the rows that would not fit before the deploy. Add a column of the new type, fill it in batches, and drop the old one when nothing has been missed.',
    },
  ],
  core: false,
  *check(facts) {
    for (const { column, before, after, loss, by } of narrowings(facts)) {
      const rows = facts.table(column.table)?.rows ?? 0;
      const severity = facts.severity('migration/narrowing-type', rows);
      yield onCause(by, column, loss.kind === 'changed' ? worse(severity) : severity, {
        table: column.table,
        column: column.name,
        before,
        after,
        loss: inWords(loss),
        rows,
      });
    }
  },
});

interface Narrowing {
  readonly column: ObjectOf<'column'>;
  readonly before: string;
  readonly after: string;
  readonly loss: Loss;
  readonly by: StatementFacts | null;
}

function narrowings(facts: Facts): readonly Narrowing[] {
  const found = alterations(facts, ['column'], (before, after) => lossOf(before.type, after.type) !== null);
  return [
    ...found.flatMap(({ before, after, by }): readonly Narrowing[] => {
      const loss = lossOf(before.type, after.type);
      return loss === null ? [] : [{ column: before, before: before.type, after: after.type, loss, by }];
    }),
    ...narrowedEnums(facts),
  ];
}

/** An enum that loses values is made anew, and its columns are altered from the old one to the new. */
function narrowedEnums(facts: Facts): readonly Narrowing[] {
  const created = creations(facts, 'enum');
  return drops(facts, 'enum').flatMap(({ object: old }): readonly Narrowing[] => {
    const made = created.find(({ object }) => object.name === old.name);
    const gone = old.labels.filter((label) => made?.object.labels.includes(label) === false);
    if (made === undefined || gone.length === 0) return [];
    const name = plainName(old.name);
    const loss: Loss = { kind: 'refused', what: gone.join(', ') };
    return facts.schema
      .all('column')
      .filter(({ type }) => type === name || type === old.name)
      .map((column) => ({
        column,
        before: `${name} (${old.labels.join(', ')})`,
        after: `${name} (${made.object.labels.join(', ')})`,
        loss,
        by: facts.lastChangeOf(column.key) ?? made.by,
      }));
  });
}

function inWords({ kind, what }: Loss): string {
  switch (kind) {
    case 'refused':
      return `it fails on ${what}, or changes them where USING casts them`;
    case 'changed':
      return `it silently loses ${what}`;
    default:
      return kind satisfies never;
  }
}
