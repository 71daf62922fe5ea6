import type { StatementObservation } from '../model/observation.ts';
import type { Sandbox, Session } from '../model/server.ts';

/** What is in one column of one table. */
export interface Contents {
  /** Rows in which it is not null. */
  readonly values: number;
  /** Of all values, in whatever order the rows are. */
  readonly digest: string;
}

/** Tables whose rows, or columns, statements were seen to change. */
export function tablesTouched(statements: readonly StatementObservation[]): readonly string[] {
  const touched = statements.flatMap(({ changedRows, rewrites, emptied, differences }) => [
    ...changedRows.map(({ relation }) => relation),
    ...rewrites,
    ...emptied,
    ...differences.flatMap((each) => {
      const object = each.kind === 'altered' ? each.after : each.object;
      return 'table' in object ? [object.table] : [];
    }),
  ]);
  return [...new Set(touched)].toSorted();
}

/** Contents of tables, those that there are, by `schema.table.column`. */
export async function readContents(
  sandbox: Sandbox,
  database: string,
  tables: readonly string[],
): Promise<ReadonlyMap<string, Contents>> {
  await using session = await sandbox.connect(database, 'observer');
  const rows = await session.query(
    `SELECT n.nspname || '.' || c.relname AS name, format('%I.%I', n.nspname, c.relname) AS table,
       a.attname AS column, quote_ident(a.attname) AS quoted
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relkind = 'r' AND n.nspname || '.' || c.relname = ANY ($1)
     ORDER BY c.oid, a.attnum`,
    [tables],
  );
  const read = rows.map(async ({ name, table, column, quoted }) => {
    const contents = await readColumn(session, String(table), String(quoted));
    return [`${name}.${column}`, contents] as const;
  });
  return new Map(await Promise.all(read));
}

async function readColumn(session: Session, table: string, column: string): Promise<Contents> {
  const text = `${column}::text COLLATE "C"`;
  const [row] = await session.query(
    `SELECT count(${column})::float8 AS values, md5(string_agg(${text}, chr(10) ORDER BY ${text})) AS digest
     FROM ONLY ${table}`,
  );
  return { values: Number(row?.['values']), digest: String(row?.['digest']) };
}
