import { escapeIdentifier } from 'pg';
import type { Reference } from './schema/order.ts';
import type { SeedTable } from './schema/tables.ts';

/**
 * The value that a column of a foreign key has in the n-th row, from 1: that of the n-th referenced row, by the
 * order of its key. Where there are fewer rows it begins again; where there are none it is NULL.
 */
export function lookup(reference: Reference, column: string, parent: SeedTable, n: number): string {
  const referenced = reference.referencedColumns[reference.columns.indexOf(column)] ?? '';
  const keys = reference.referencedColumns.map(escapeIdentifier).join(', ');
  return `(SELECT ${escapeIdentifier(referenced)} FROM ${parent.sql} ORDER BY ${keys} LIMIT 1
    OFFSET (SELECT ${n - 1} % greatest(count(*), 1) FROM ${parent.sql}))`;
}

/**
 * Sets a foreign key that was left NULL: the n-th row refers to the n-th row of the other table. In its own table
 * all rows but the first refer to the first, so that they make a tree.
 */
export function setReference(table: SeedTable, reference: Reference, parent: SeedTable): string {
  const columns = reference.columns.map(escapeIdentifier).join(', ');
  const keys = reference.referencedColumns.map(escapeIdentifier).join(', ');
  const isTree = parent.oid === table.oid;
  return `
    WITH child AS (SELECT tableoid AS part, ctid AS place, row_number() OVER (ORDER BY tableoid, ctid) AS number
        FROM ${table.sql}),
      parent AS (SELECT ${keys}, row_number() OVER (ORDER BY ${isTree ? 'tableoid, ctid' : keys}) AS "#"
        FROM ${parent.sql})
    UPDATE ${table.sql} AS t
    SET (${columns}) = (SELECT ${keys} FROM parent WHERE "#" = ${isTree ? '1' : 'child.number'})
    FROM child
    WHERE t.tableoid = child.part AND t.ctid = child.place AND child.number > ${isTree ? '1' : '0'}`;
}
