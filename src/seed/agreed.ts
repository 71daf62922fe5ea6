import type { Step } from './schema/order.ts';
import type { SeedTable } from './schema/tables.ts';
import { type DomainValues, nthValue } from './values/value.ts';

/** The n-th value of a column. */
export type ColumnValue = (n: number) => string | null;

/**
 * Values of the columns at both ends of foreign keys whose tables get their rows in one statement: neither can be
 * looked up in the other, so both are the n-th value of their type.
 */
export function agreedValues(
  table: SeedTable,
  step: Step,
  domains: DomainValues,
): ReadonlyMap<string, ColumnValue> {
  const together = step.tables.flatMap((part) =>
    part.references
      .filter(({ how }) => how === 'together')
      .map((reference) => ({ ...reference, from: part.table })),
  );
  const names = together.flatMap(({ from, references, columns, referencedColumns }) => [
    ...(from === table
      ? columns.map((name, index) => [name, referencedColumns[index] ?? name] as const)
      : []),
    ...(references === table.oid ? referencedColumns.map((name) => [name, name] as const) : []),
  ]);
  return new Map(
    names.flatMap(([name, called]): readonly [string, ColumnValue][] => {
      const column = table.columns.find((each) => each.name === name);
      // The name tells what a text is; that of the referenced column holds for both.
      return column === undefined ? [] : [[name, (n) => nthValue(column.type, n, called, domains)]];
    }),
  );
}
