import { qualifiedName, type Table } from '../model/catalogue.ts';
import { type Tables, tablesByName } from '../sql/rewrite/sources.ts';
import type { Facts } from './facts.ts';

/** Rules ask about each trace. */
const known = new WeakMap<Facts, Tables>();

/** The tables of a schema state by the names that queries call them. */
export function tablesOf(facts: Facts): Tables {
  const tables =
    known.get(facts) ?? tablesByName(facts.schema.tables.flatMap(({ name }) => tableOf(facts, name)));
  known.set(facts, tables);
  return tables;
}

function tableOf(facts: Facts, qualified: string): readonly Table[] {
  const sized = facts.table(qualified);
  if (sized === null) return [];
  const dot = qualified.indexOf('.');
  const table: Table = {
    oid: 0,
    schema: qualified.slice(0, dot),
    name: qualified.slice(dot + 1),
    kind: 'table',
    partitionOf: null,
    columns: sized.columns,
    indexes: sized.indexes,
    foreignKeys: facts.schema
      .on(qualified, 'constraint')
      .flatMap(({ name, columns, references }) =>
        references === null
          ? []
          : [{ name, columns, references: references.table, referencedColumns: references.columns }],
      ),
  };
  return qualifiedName(table) === qualified ? [table] : [];
}
