import type { ColumnObject, IndexObject, TableObject } from '../../model/schema.ts';
import { unquoted } from '../../sql/identifier.ts';
import type { Facts } from '../facts.ts';
import { largestOf } from '../integers.ts';
import { lastDrop, onObject } from '../on-object.ts';
import { publicationOf } from '../published.ts';
import { defineRule, type Finding } from '../rule.ts';

export default defineRule({
  id: 'schema/primary-key',
  title: 'Rows have no identity, or numbers for it run out',
  message: '{table:code} {flaw}: {consequence}',
  triggeredWhen:
    'a table has no primary key, or one whose numbers are generated as integer or smallint; by the share of the range that declared rows use up, and a remark where their count is not known',
  impact:
    'without a primary key, logical replication and tools cannot tell rows apart; once the numbers run out, every insert fails with 22003 until the table has been rewritten',
  remediation: [
    {
      kind: 'advice',
      title: 'Number rows as bigint',
      text: 'id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY in new tables. For one that is large, add a bigint column, fill it in batches, and swap the two long before the end.',
    },
  ],
  core: false,
  *check(facts) {
    for (const table of facts.schema.tables) {
      const indexes = facts.schema.on(table.name, 'index');
      const primary = indexes.find((index) => index.primary);
      if (primary === undefined) yield* withoutKey(facts, table, indexes);
      else yield* numbersOf(facts, table, primary);
    }
  },
});

/** Of a published table, schema/replica-identity tells what is worse. */
function* withoutKey(facts: Facts, table: TableObject, indexes: readonly IndexObject[]): Generator<Finding> {
  if (table.replicaIdentity === 'default' && publicationOf(facts, table) !== null) return;
  const unique = indexes.find((index) => isIdentifying(facts, index));
  const cause = lastDrop(
    facts,
    (object) => object.kind === 'constraint' && object.type === 'primary key' && object.table === table.name,
  );
  yield onObject(
    facts,
    table,
    unique === undefined ? 'medium' : 'low',
    {
      table: table.name,
      flaw: unique === undefined ? 'has no primary key' : `has ${unique.name} in the place of a primary key`,
      consequence:
        unique === undefined
          ? 'no row of it can be told from another'
          : 'tools do not know that it identifies the rows, and logical replication must be told',
    },
    { cause },
  );
}

function isIdentifying(facts: Facts, { table, unique, valid, predicate, keys }: IndexObject): boolean {
  const columns = facts.schema.on(table, 'column');
  const isNotNull = (key: string) => columns.some(({ name, notNull }) => name === unquoted(key) && notNull);
  return unique && valid && predicate === null && keys.every(isNotNull);
}

function* numbersOf(facts: Facts, table: TableObject, { keys }: IndexObject): Generator<Finding> {
  const [key = '', ...others] = keys;
  const column = facts.schema.on(table.name, 'column').find(({ name }) => name === unquoted(key));
  const size = facts.table(table.name);
  if (column === undefined || size === null || others.length > 0 || !isGenerated(column)) return;
  const range = largestOf(column.type);
  if (range === null || column.type === 'bigint') return;
  const isKnown = size.source !== 'assumed';
  const severity = isKnown ? facts.severity('schema/primary-key', size.rows / range) : 'low';
  if (severity === 'healthy') return;
  const used = Math.floor((size.rows / range) * 1_000) / 10;
  yield onObject(
    facts,
    table,
    severity,
    {
      table: table.name,
      flaw: `numbers its rows as ${column.type}`,
      consequence: `${range} is the last number${isKnown ? `, and its rows use up ${used}% of them at least` : ''}`,
    },
    { cause: facts.lastChangeOf(column.key), aspect: 'numbers' },
  );
}

function isGenerated({ identity, default: value }: ColumnObject): boolean {
  return identity !== null || (value ?? '').startsWith('nextval(');
}
