import type { ColumnObject, SequenceObject } from '../../model/schema.ts';
import { parseExpression, walk } from '../../sql/expression.ts';
import { quoteIdentifier, quoteQualified } from '../../sql/identifier.ts';
import { inBatchesUntilDone } from './batches.ts';
import { alone, brief, type Step } from './form.ts';
import { setNotNull } from './not-null.ts';
import { objectsOf, ofKind, tableNamed } from './objects.ts';
import { alter, both, type Part, type PartWriter, type TableChange } from './table-change.ts';

/**
 * Columns that are added. One whose default gives each row another value makes PostgreSQL write all rows anew; it is
 * added empty, given its default for new rows, and filled in batches.
 */
export const addedColumns: PartWriter = (change) => {
  const { table, situation } = change;
  const columns = ofKind(objectsOf(change.differences, 'created'), 'column');
  const isRewritten = situation.observation.rewrites.includes(table);
  const varying = columns.filter((column) => isRewritten && varies(column));
  // Something else than a default wrote the rows anew: a constrained domain, a generated column, another type.
  if (isRewritten && varying.length === 0) return null;
  if (varying.some(({ generated }) => generated !== null)) return null;
  const isPartitioned = tableNamed(situation.schema, table)?.kind === 'partitioned table';
  if (varying.length > 0 && isPartitioned) return null;
  return both(
    columns.map((column) => (varying.includes(column) ? filled(change, column) : plain(change, column))),
  );
};

/** Whether the default has to be computed for each row, as far as its text tells. */
function varies({ default: expression, identity, generated }: ColumnObject): boolean {
  if (identity !== null || generated !== null) return true;
  const node = expression === null ? null : parseExpression(expression);
  return node !== null && [...walk(node)].some((each) => 'FuncCall' in each);
}

export function typeOf({ type, collation }: ColumnObject): string {
  const isUsual = collation === null || /(^|\.)default$/.test(collation);
  return isUsual ? type : `${type} COLLATE ${quoteQualified(collation)}`;
}

function plain(change: TableChange, column: ColumnObject): Part {
  const words = [
    `ADD COLUMN ${quoteIdentifier(column.name)} ${typeOf(column)}`,
    column.default === null ? '' : ` DEFAULT ${column.default}`,
    column.notNull ? ' NOT NULL' : '',
  ];
  return { steps: [brief(`add_${column.name}`, alter(change, words.join('')))], covers: [column.key] };
}

function filled(change: TableChange, column: ColumnObject): Part {
  const sequence = sequenceOf(change, column);
  const covers = sequence === null ? [column.key] : [column.key, sequence.key];
  const present = column.notNull ? setNotNull(change, column.name) : [];
  if (column.identity === null) {
    const added = addWithDefault(change, column, column.default ?? 'NULL', sequence);
    return { steps: [...added, fill(change, column), ...present], covers };
  }
  const numbers = `${change.table}_${column.name}_fill`;
  const temporary = { name: numbers, type: column.type, ownedBy: null };
  const added = addWithDefault(change, column, `nextval(${literal(quoteQualified(numbers))})`, temporary);
  return { steps: [...added, fill(change, column), ...present, identify(change, column, numbers)], covers };
}

function sequenceOf({ table, differences }: TableChange, { name }: ColumnObject): SequenceObject | null {
  const sequences = ofKind(objectsOf(differences, 'created'), 'sequence');
  return sequences.find(({ ownedBy }) => ownedBy === `${table}.${name}`) ?? null;
}

/** Setting the default after the column is there leaves the rows that are there alone. */
function addWithDefault(
  change: TableChange,
  column: ColumnObject,
  expression: string,
  sequence: Pick<SequenceObject, 'name' | 'type' | 'ownedBy'> | null,
): readonly Step[] {
  const name = quoteIdentifier(column.name);
  const owner = `${quoteQualified(change.table)}.${name}`;
  const create =
    sequence === null ? [] : [`CREATE SEQUENCE ${quoteQualified(sequence.name)} AS ${sequence.type}`];
  const own =
    sequence === null || sequence.ownedBy === null
      ? []
      : [`ALTER SEQUENCE ${quoteQualified(sequence.name)} OWNED BY ${owner}`];
  return [
    brief(
      `add_${column.name}`,
      ...create,
      alter(change, `ADD COLUMN ${name} ${typeOf(column)}`),
      ...own,
      alter(change, `ALTER COLUMN ${name} SET DEFAULT ${expression}`),
    ),
  ];
}

function fill({ table, situation }: TableChange, column: ColumnObject): Step {
  const name = quoteIdentifier(column.name);
  const update = (condition: string) =>
    `UPDATE ${quoteQualified(table)} SET ${name} = DEFAULT WHERE ${condition} AND ${name} IS NULL`;
  return alone(`fill_${column.name}`, inBatchesUntilDone(situation.schema, table, update));
}

/** Only a column that is NOT NULL can become an identity; its own sequence goes on where the numbers have come to. */
function identify(change: TableChange, column: ColumnObject, numbers: string): Step {
  const name = quoteIdentifier(column.name);
  const always = column.identity === 'always' ? 'ALWAYS' : 'BY DEFAULT';
  const table = literal(quoteQualified(change.table));
  const sequence = literal(quoteQualified(numbers));
  return brief(
    `identify_${column.name}`,
    alter(change, `ALTER COLUMN ${name} DROP DEFAULT`),
    alter(change, `ALTER COLUMN ${name} ADD GENERATED ${always} AS IDENTITY`),
    `SELECT setval(pg_get_serial_sequence(${table}, ${literal(column.name)}), nextval(${sequence}))`,
    `DROP SEQUENCE ${quoteQualified(numbers)}`,
  );
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
