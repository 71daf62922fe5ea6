import type { Index } from '../../model/catalogue.ts';
import type { ConstraintObject, SchemaObject } from '../../model/schema.ts';
import { unquoted } from '../../sql/identifier.ts';
import { lastDrop, onObject } from '../on-object.ts';
import { assumedRemark } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'schema/foreign-key-without-index',
  title: 'No index serves a foreign key',
  message:
    'no index begins with {columns:code} of {table:code}: each row that is deleted from {referenced:code} reads all {rows:count}{assumed} rows of it, for {constraint:code}',
  triggeredWhen:
    'the columns of a foreign key are not, in any order, the first of a valid btree index of the referencing table without a condition other than that they are not null',
  impact:
    'deleting a referenced row, or changing its key, reads the whole referencing table while the row is locked; joins along the key do, too',
  remediation: [
    {
      kind: 'sql',
      title: 'Build the index, outside a transaction',
      text: 'CREATE INDEX CONCURRENTLY ON {table} ({columns});',
    },
  ],
  core: false,
  *check(facts) {
    for (const { name } of facts.schema.tables) {
      const table = facts.table(name);
      if (table === null) continue;
      for (const key of facts.schema.on(name, 'constraint')) {
        if (key.references === null || !key.enforced || table.indexes.some((index) => serves(index, key)))
          continue;
        const severity = facts.severity('schema/foreign-key-without-index', table.rows);
        if (severity === 'healthy') continue;
        const figures = {
          table: name,
          constraint: key.name,
          columns: key.columns.join(', '),
          referenced: key.references.table,
          rows: table.rows,
          assumed: assumedRemark(table),
        };
        yield onObject(facts, key, severity, figures, { cause: lastDrop(facts, served(key)) });
      }
    }
  },
});

function serves({ method, valid, predicate, keys }: Index, { columns }: ConstraintObject): boolean {
  const first = keys.slice(0, columns.length).map(({ column }) => column);
  const isNotNull = (column: string) => predicate?.replaceAll('"', '') === `(${column} IS NOT NULL)`;
  const isWhole = predicate === null || columns.some(isNotNull);
  const finds = method === 'btree' || (method === 'hash' && columns.length === 1);
  return finds && valid && isWhole && columns.every((column) => first.includes(column));
}

/** Whether an index that is gone was the one that served the key. */
function served({ table, columns }: ConstraintObject): (object: SchemaObject) => boolean {
  return (object) =>
    object.kind === 'index' &&
    object.table === table &&
    columns.every((column) => object.keys.slice(0, columns.length).map(unquoted).includes(column));
}
