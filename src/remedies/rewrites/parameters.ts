import type { Session } from '../../model/server.ts';
import type { SeedTable } from '../../seed/schema/tables.ts';
import type { ValueType } from '../../seed/schema/types.ts';
import { type DomainValues, nthValue } from '../../seed/values/value.ts';
import { columnReference, walk } from '../../sql/expression.ts';
import type { Node } from '../../sql/grammar.ts';

/** Texts of `$1`, `$2` ... */
export type ParameterTexts = readonly (string | null)[];

/** The type that PostgreSQL takes a parameter for. */
interface ParameterType {
  /** As format_type prints it. */
  readonly sql: string;
  readonly type: ValueType;
}

/**
 * Which types PostgreSQL takes the parameters of a statement for.
 *
 * @throws StatementFailed where it takes none of it.
 */
export async function parameterTypes(
  session: Session,
  sql: string,
  tables: readonly SeedTable[],
): Promise<readonly ParameterType[]> {
  await session.query(`PREPARE guardrails_rewrite AS ${sql}`);
  try {
    const rows = await session.query(
      `SELECT pg_catalog.format_type(t.oid, NULL) AS sql, t.typname::text AS name, t.typcategory::text AS category,
         e.typname::text AS element, e.typcategory::text AS element_category,
         pg_catalog.format_type(e.oid, NULL) AS element_sql
       FROM pg_prepared_statements s
         CROSS JOIN LATERAL unnest(s.parameter_types) WITH ORDINALITY AS p (oid, n)
         JOIN pg_type t ON t.oid = p.oid
         LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
       WHERE s.name = 'guardrails_rewrite' ORDER BY p.n`,
    );
    return rows.map((row) => {
      const type = typeOf(String(row['sql']), row['name'], row['category'], tables);
      const { element } = row;
      return {
        sql: String(row['sql']),
        type:
          typeof element === 'string'
            ? {
                kind: 'array',
                sql: String(row['sql']),
                element: typeOf(String(row['element_sql']), element, row['element_category'], tables),
              }
            : type,
      };
    });
  } finally {
    await session.query('DEALLOCATE guardrails_rewrite');
  }
}

function typeOf(sql: string, name: unknown, category: unknown, tables: readonly SeedTable[]): ValueType {
  // How much of a name is printed depends on search_path.
  const plain = (printed: string) => printed.slice(printed.lastIndexOf('.') + 1);
  const types = tables.flatMap(({ columns }) => columns.map(({ type }) => type));
  const known = types.find((type) => type.kind !== 'base' && plain(type.sql) === plain(sql));
  return known ?? { kind: 'base', name: String(name), category: String(category), modifier: -1, sql };
}

/** How many values are made up for each parameter. */
const madeUp = 3;

/** Values of the parameters that a query is tried with: captured ones, and made-up ones of their types. */
export async function parameterTexts(
  session: Session,
  node: Node,
  types: readonly ParameterType[],
  samples: readonly (readonly unknown[])[],
  domains: DomainValues,
): Promise<readonly ParameterTexts[]> {
  if (types.length === 0) return [[]];
  const names = comparedColumns(node);
  const captured = samples
    .filter(({ length }) => length === types.length)
    .slice(0, madeUp)
    .map((values) => values.map(parameterText));
  const sets = Array.from({ length: madeUp }, async (_, index) => {
    const values = types.map(({ type }, number) => {
      const name = names.get(number + 1) ?? '';
      return beginningOf(type, index) ?? nthValue(type, index + 1, name, domains) ?? 'NULL';
    });
    const [row] = await session.query(
      `SELECT ARRAY[${values.map((value) => `(${value})::text`).join(', ')}] AS texts`,
    );
    return Array.isArray(row?.['texts']) ? row['texts'].map(parameterText) : [];
  });
  return [...captured, ...(await Promise.all(sets))];
}

/** All but the first value of a time are the beginning of a day, and of a month or a week too, wherever one is. */
function beginningOf(type: ValueType, index: number): string | null {
  const isTime = type.kind === 'base' && (type.name === 'timestamp' || type.name === 'timestamptz');
  const day = [null, '2026-01-01', '2026-01-05'][index];
  return isTime && day != null ? `'${day} 00:00:00'` : null;
}

/** Columns that parameters are compared with, by number of the parameter. */
function comparedColumns(node: Node): ReadonlyMap<number, string> {
  const pairs = [...walk(node)].flatMap((each): readonly (readonly [number, string])[] => {
    if (!('A_Expr' in each)) return [];
    const parts = [...walk(each)];
    const names = parts.flatMap((part) => columnReference(part)?.at(-1) ?? []);
    const numbers = parts.flatMap((part) => ('ParamRef' in part ? [part.ParamRef.number ?? 0] : []));
    const [name] = names;
    return name === undefined || names.length > 1 ? [] : numbers.map((number) => [number, name]);
  });
  return new Map(pairs);
}

/** A captured value as PostgreSQL reads it. */
export function parameterText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return `{${value.map((each) => elementOf(parameterText(each))).join(',')}}`;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function elementOf(text: string | null): string {
  return text === null ? 'NULL' : `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
