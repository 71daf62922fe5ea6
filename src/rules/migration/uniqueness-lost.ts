import { drops } from '../alterations.ts';
import type { Facts } from '../facts.ts';
import { onCause } from '../on-cause.ts';
import { defineRule } from '../rule.ts';
import type { ObjectOf } from '../schema-facts.ts';

type Index = ObjectOf<'index'>;

export default defineRule({
  id: 'migration/uniqueness-lost',
  title: 'Nothing keeps values unique any longer',
  message: 'drops {index:code}, and nothing else keeps {keys:code} of {table:code} unique{condition}',
  triggeredWhen:
    'a unique index, unique constraint or primary key of a table that stays is gone at head, and no other unique index covers the same columns or fewer of them',
  impact:
    'duplicates get in unnoticed, after which the index cannot be built again; ON CONFLICT on these columns fails, and so does a lookup that relies on one row',
  remediation: [
    {
      kind: 'advice',
      title: 'Build the other one first',
      text: 'Where another unique index is to take its place, create it CONCURRENTLY before this one is dropped. Where duplicates are to be allowed, release the code that copes with them first.',
    },
  ],
  core: false,
  *check(facts) {
    const columns = new Set(drops(facts, 'column').map(({ object }) => `${object.table} ${object.name}`));
    for (const { object: index, by } of drops(facts, 'index')) {
      if (!index.unique || !index.valid || isGuaranteed(facts, index)) continue;
      // What goes with its table or one of its columns is told there.
      if (index.keys.some((key) => columns.has(`${index.table} ${plain(key)}`))) continue;
      yield onCause(by, index, index.primary ? 'high' : 'medium', {
        index: index.name,
        keys: index.keys.join(', '),
        table: index.table,
        condition: index.predicate === null ? '' : ` where ${index.predicate}`,
      });
    }
  },
});

/** Fewer columns that are unique make more columns unique, and no condition is the stronger one. */
function isGuaranteed({ schema }: Facts, lost: Index): boolean {
  return schema
    .on(lost.table, 'index')
    .some(
      ({ unique, valid, keys, predicate }) =>
        unique &&
        valid &&
        (predicate === null || predicate === lost.predicate) &&
        keys.every((key) => lost.keys.includes(key)),
    );
}

/** pg_get_indexdef quotes names that need it. */
function plain(key: string): string {
  return key.replaceAll(/^"|"$/g, '').replaceAll('""', '"');
}
