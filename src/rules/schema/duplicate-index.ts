import { isDeepStrictEqual } from 'node:util';
import type { Index } from '../../model/catalogue.ts';
import type { IndexObject, TableObject } from '../../model/schema.ts';
import type { Facts } from '../facts.ts';
import { onObject } from '../on-object.ts';
import { scansOfBoth } from '../production-use.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'schema/duplicate-index',
  title: 'An index is there twice',
  message:
    '{index:code} on {table:code} is {likeness} {other:code}: every write enters both, and queries need only that one[[; from {since} to {until}, production scanned it {scans:count} times, and {other:code} {otherScans:count} times]]',
  triggeredWhen:
    'a valid index has the method, the condition and all keys of another, alike in operator class, collation and direction, or is where another begins; one that makes values unique or backs a constraint is no duplicate',
  impact: 'writes take longer, and memory and disk hold the same entries twice',
  remediation: [{ kind: 'sql', title: 'Drop it', text: 'DROP INDEX CONCURRENTLY {index};' }],
  core: false,
  *check(facts) {
    for (const table of facts.schema.tables) {
      const indexes = indexesOf(facts, table);
      for (const each of indexes) {
        const [found] = indexes.flatMap((other) => {
          const likeness = likenessOf(each, other);
          const isOther = likeness !== null && !(isMutual(each, other) && each.index.oid < other.index.oid);
          return isOther ? [{ other, likeness }] : [];
        });
        if (found === undefined) continue;
        const { other, likeness } = found;
        const rows = facts.table(table.name)?.rows ?? 0;
        const severity = likeness === 'the same as' ? facts.severity('schema/duplicate-index', rows) : 'low';
        yield onObject(
          facts,
          each.object,
          severity,
          {
            index: each.object.name,
            table: table.name,
            likeness,
            other: other.object.name,
            rows,
            ...scansOfBoth(facts, each.object, other.object),
          },
          { cause: facts.lastChangeOf(each.object.key) ?? facts.lastChangeOf(other.object.key) },
        );
      }
    }
  },
});

interface DescribedIndex {
  readonly object: IndexObject;
  readonly index: Index;
}

function indexesOf(facts: Facts, { name: table }: TableObject): readonly DescribedIndex[] {
  const objects = facts.schema.on(table, 'index').filter(({ valid }) => valid);
  return (facts.table(table)?.indexes ?? []).flatMap((index) => {
    const object = objects.find(({ name }) => name.endsWith(`.${index.name}`));
    return object === undefined ? [] : [{ object, index }];
  });
}

/** What makes one index needless beside another, if anything does. Only a btree serves for where it begins. */
function likenessOf(one: DescribedIndex, other: DescribedIndex): 'the same as' | 'the beginning of' | null {
  const [a, b] = [one.index, other.index];
  const isNeeded = one.object.constraint !== null || one.object.replicaIdentity;
  if (one === other || isNeeded || a.method !== b.method || a.predicate !== b.predicate) return null;
  const holds = (column: string) =>
    b.included.includes(column) || b.keys.some((key) => key.column === column);
  const isBeginning = a.keys.every((key, place) => isDeepStrictEqual(key, b.keys[place]));
  if (!isBeginning || !a.included.every(holds)) return null;
  const isWhole = a.keys.length === b.keys.length;
  if (a.unique) return isWhole && textOf(one) === textOf(other) ? 'the same as' : null;
  if (isWhole) return 'the same as';
  return a.method === 'btree' ? 'the beginning of' : null;
}

function isMutual(one: DescribedIndex, other: DescribedIndex): boolean {
  return likenessOf(one, other) !== null && likenessOf(other, one) !== null;
}

/** What CREATE INDEX says but for the name: unique indexes differ in NULLS NOT DISTINCT too. */
function textOf({ object: { definition, unique } }: DescribedIndex): string {
  return `${unique} ${definition.slice(definition.indexOf(' USING '))}`;
}
