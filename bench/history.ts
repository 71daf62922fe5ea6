/** A generated project: a history of migrations, and queries against what they build. */
export interface History {
  readonly migrations: readonly { readonly path: string; readonly text: string }[];
  /** How many of the migrations, at the end, the change adds. */
  readonly added: number;
  readonly queries: readonly string[];
}

/**
 * A history in which every migration creates a table, and later ones add columns, constraints and indexes to
 * earlier tables, as histories do. Queries look up by key, filter, join to the parent, sort and count.
 */
export function generateHistory(migrationCount: number, queryCount: number, added: number): History {
  const migrations = Array.from({ length: migrationCount }, (_, index) => ({
    path: `migrations/${String(index + 1).padStart(4, '0')}_step.sql`,
    text: migrationText(index),
  }));
  const tables = Math.ceil(migrationCount / 2);
  const queries = Array.from({ length: queryCount }, (_, index) => queryText(index, tables));
  return { migrations, added, queries };
}

function migrationText(index: number): string {
  const table = Math.floor(index / 2);
  const parent = Math.floor(table / 2);
  if (index % 2 === 0) {
    return `
      CREATE TABLE t${table} (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        ${table === 0 ? '' : `parent_id bigint NOT NULL REFERENCES t${parent},`}
        name text NOT NULL,
        status text NOT NULL DEFAULT 'new',
        amount numeric(10, 2),
        created_at timestamptz NOT NULL DEFAULT now()
      );
      ${table === 0 ? '' : `CREATE INDEX ON t${table} (parent_id);`}`;
  }
  return `
    ALTER TABLE t${table} ADD COLUMN note text;
    CREATE INDEX ON t${table} (status, created_at);
    ALTER TABLE t${table} ADD CONSTRAINT t${table}_amount CHECK (amount >= 0);`;
}

const columns = ['name', 'status', 'amount', 'created_at', 'note', 'id'] as const;

/** Each of another shape, so that none is planned for two: another set of columns, table or form. */
function queryText(index: number, tables: number): string {
  const table = 1 + (index % (tables - 1));
  const parent = Math.floor(table / 2);
  const subset = Math.floor(index / (5 * (tables - 1)));
  const result = [
    'c.id',
    ...columns.filter((_, bit) => (subset >> bit) % 2 === 1).map((name) => `c.${name}`),
  ].join(', ');
  switch (Math.floor(index / (tables - 1)) % 5) {
    case 0:
      return `SELECT ${result} FROM t${table} c WHERE c.id = 42`;
    case 1:
      return `SELECT ${result} FROM t${table} c WHERE c.status = 'open' ORDER BY c.created_at DESC LIMIT 20`;
    case 2:
      return `SELECT ${result}, p.name FROM t${table} c JOIN t${parent} p ON p.id = c.parent_id WHERE p.id = 7`;
    case 3:
      return `SELECT ${result}, count(*) FROM t${table} c WHERE c.name LIKE '%x%' GROUP BY ${result}`;
    default:
      return `UPDATE t${table} c SET note = 'n' WHERE parent_id = 3 AND status = 'open' RETURNING ${result}`;
  }
}
