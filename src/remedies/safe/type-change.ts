import type { ColumnObject } from '../../model/schema.ts';
import { quoteIdentifier, quoteQualified, unqualified } from '../../sql/identifier.ts';
import { topLevelKeyword } from '../../sql/keyword.ts';
import { typeOf } from './added-columns.ts';
import { inBatches } from './batches.ts';
import { dependentsOf } from './dependents.ts';
import { alone, brief, type Form, type Step } from './form.ts';
import { setNotNull } from './not-null.ts';
import { ofKind } from './objects.ts';
import { worksUnderLock } from './observed.ts';
import { alter, nameFor, type TableChange } from './table-change.ts';

/**
 * ALTER COLUMN TYPE by way of a new column: a trigger keeps it in step, the rows that are there are filled in batches,
 * what the old one has is built for it, and in the end it takes the old one's place.
 */
export const typeChange: Form = (situation) => {
  const { node, observation, schema } = situation;
  if (!('AlterTableStmt' in node) || !worksUnderLock(observation, schema)) return null;
  const [command, ...more] = node.AlterTableStmt.cmds ?? [];
  if (command === undefined || more.length > 0 || !('AlterTableCmd' in command)) return null;
  if (command.AlterTableCmd.subtype !== 'AT_AlterColumnType') return null;
  const columns = observation.differences.flatMap((difference) => {
    if (difference.kind !== 'altered') return [];
    const { before, after } = difference;
    return before.kind === 'column' && after.kind === 'column' ? [{ before, after }] : [];
  });
  // More than one: of partitions too, which would need a trigger each.
  const [column, ...others] = columns;
  if (column === undefined || others.length > 0) return null;
  const change = { situation, table: column.after.table, differences: observation.differences };
  const steps = throughNewColumn(change, column.before, column.after);
  if (steps === null) return null;
  return {
    title: 'Move to a new column of that type',
    steps,
    advice:
      'The column is the last of its table afterwards, and comments on it are gone. Values that do not fit the new type make the step that fills it fail.',
  };
};

function throughNewColumn(
  change: TableChange,
  old: ColumnObject,
  column: ColumnObject,
): readonly Step[] | null {
  const { situation, table } = change;
  const added = { ...column, name: `${column.name}_new` };
  const dependents = dependentsOf(change, column.name, added.name);
  const value = newValue(change, column.name);
  const [from, to] = [quoteIdentifier(column.name), quoteIdentifier(added.name)];
  const fill = inBatches(
    situation.schema,
    table,
    (condition) =>
      `UPDATE ${quoteQualified(table)} SET ${to} = ${value} WHERE ${condition} AND ${to} IS NULL AND ${from} IS NOT NULL`,
  );
  if (fill === null || dependents === null || old.identity !== null || old.generated !== null) return null;
  const inStep = synchronised(change, added.name, value);
  return [
    brief(`add_${added.name}`, alter(change, `ADD COLUMN ${to} ${typeOf(column)}`), ...inStep.begin),
    alone(`fill_${added.name}`, fill),
    ...(column.notNull ? setNotNull(change, added.name) : []),
    ...dependents.build,
    brief(
      `swap_${column.name}`,
      ...inStep.end,
      ...ownedSequences(change, column.name, added.name),
      alter(change, `DROP COLUMN ${from}`),
      alter(change, `RENAME COLUMN ${to} TO ${from}`),
      ...(column.default === null
        ? []
        : [alter(change, `ALTER COLUMN ${from} SET DEFAULT ${column.default}`)]),
      ...dependents.rename,
    ),
  ];
}

/** What the statement makes of an old value. Without USING, it is converted as by an assignment, which cuts nothing off. */
function newValue({ situation }: TableChange, column: string): string {
  const { sql } = situation.observation;
  const using = topLevelKeyword(sql, 'USING');
  return using === null ? quoteIdentifier(column) : `(${sql.slice(using + 'USING'.length).trim()})`;
}

interface Synchronisation {
  readonly begin: readonly string[];
  readonly end: readonly string[];
}

/** A trigger that gives the new column its value in every row that is written. */
function synchronised(change: TableChange, column: string, value: string): Synchronisation {
  const table = quoteQualified(change.table);
  const plain = unqualified(change.table);
  const schema = change.table.slice(0, -plain.length);
  const trigger = quoteIdentifier(nameFor(change, column));
  const called = quoteQualified(schema + nameFor(change, column));
  const row = `(SELECT NEW.*) AS ${quoteIdentifier(plain)}`;
  const tag = value.includes('$$') ? '$sync$' : '$$';
  const body = `BEGIN NEW.${quoteIdentifier(column)} := (SELECT ${value} FROM ${row}); RETURN NEW; END`;
  return {
    begin: [
      `CREATE FUNCTION ${called}() RETURNS trigger LANGUAGE plpgsql AS ${tag} ${body} ${tag}`,
      `CREATE TRIGGER ${trigger} BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${called}()`,
    ],
    end: [`DROP TRIGGER ${trigger} ON ${table}`, `DROP FUNCTION ${called}()`],
  };
}

/** A sequence that belongs to a column goes with it. */
function ownedSequences({ situation, table }: TableChange, from: string, to: string): readonly string[] {
  const sequences = ofKind(situation.schema.values(), 'sequence');
  return sequences
    .filter(({ ownedBy }) => ownedBy === `${table}.${from}`)
    .map(
      ({ name }) =>
        `ALTER SEQUENCE ${quoteQualified(name)} OWNED BY ${quoteQualified(table)}.${quoteIdentifier(to)}`,
    );
}
