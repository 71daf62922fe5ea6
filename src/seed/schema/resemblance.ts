import type { SeedForeignKey, SeedTable } from './tables.ts';

/**
 * Columns that look as if they named rows of another table, such as `customer_id` or `customerId` beside a table
 * `customers`, where no foreign key says so. A migration may well be about to add one.
 */
export function resemblances(tables: readonly SeedTable[]): (table: SeedTable) => readonly SeedForeignKey[] {
  const byName = Map.groupBy(tables, ({ name }) => name.toLowerCase().replaceAll('_', ''));
  return (table) => {
    const keyed = new Set(table.foreignKeys.flatMap(({ columns }) => columns));
    return table.columns.flatMap((column): readonly SeedForeignKey[] => {
      if (keyed.has(column.name) || column.numbered) return [];
      for (const name of tableNames(column.name)) {
        const parents = byName.get(name) ?? [];
        const parent = parents.find(({ schema }) => schema === table.schema) ?? parents[0];
        const key = parent?.unique.find((each) => each.length === 1)?.[0];
        const referenced = parent?.columns.find((each) => each.name === key);
        if (parent === undefined || referenced === undefined) continue;
        if (!sameKind(column.type, referenced.type)) continue;
        return [{ columns: [column.name], references: parent.oid, referencedColumns: [referenced.name] }];
      }
      return [];
    });
  };
}

function sameKind(a: SeedTable['columns'][number]['type'], b: typeof a): boolean {
  return a.kind === 'base' && b.kind === 'base' ? a.category === b.category : a.sql === b.sql;
}

/** Names, without underscores, of the tables that a column may refer to: for `billing_address_id`, addresses too. */
function tableNames(column: string): readonly string[] {
  const [, stem] = /^(.+?)_?(?:id|Id|ID|uuid|fk)$/.exec(column) ?? [];
  if (stem === undefined) return [];
  const words = stem.split(/_|(?<=[a-z])(?=[A-Z])/).map((word) => word.toLowerCase());
  return words.flatMap((_, index) => {
    const noun = words.slice(index).join('');
    return [`${noun}s`, noun, `${noun}es`, noun.replace(/y$/, 'ies')];
  });
}
