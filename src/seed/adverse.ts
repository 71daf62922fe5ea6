import { escapeIdentifier } from 'pg';
import { type Session, StatementFailed, TimeLimitReached } from '../model/server.ts';
import { asUnboundOwner } from './row-security.ts';
import { readSeedTables, type SeedColumn, type SeedTable } from './schema/tables.ts';
import { nullOf } from './values/candidates.ts';
import { domainValues } from './values/domains.ts';
import { extremes } from './values/extremes.ts';
import { type DomainValues, nthValue } from './values/value.ts';

/**
 * A kind of row that breaks what a change may assume, of a table by its plain name, and of a column or, where it is
 * null, of all. Duplicates have the values of other rows wherever they need not differ.
 */
export interface Adversity {
  readonly kind: 'nulls' | 'extreme values' | 'duplicates' | 'all';
  readonly table: string;
  readonly column: string | null;
}

export interface AdverseOptions {
  /** Which tables get such rows, by plain name. */
  readonly tables: (name: string) => boolean;
  /** Whether rows of a table are newly constrained: only there are the largest and smallest numbers and times tried. */
  readonly constrains: (table: string) => boolean;
  /** Whether a column is given another type. Only then does a key get such values: loops go through keys. */
  readonly retypes: (table: string, column: string) => boolean;
  /** What is left out. */
  readonly without: readonly Adversity[];
}

/**
 * Adds rows that no constraint forbids and nobody expects: NULLs, duplicates, references to nothing, values at the
 * ends of their types. Each is a copy of a row that is there, but for one column. What the server refuses is left
 * out, so that every constraint holds.
 *
 * @param session as the tables' owner, in a database whose tables hold plausible rows
 */
export async function seedAdverse(session: Session, options: AdverseOptions): Promise<void> {
  const { tables, without } = options;
  const chosen = (await readSeedTables(session)).filter(({ name }) => tables(name));
  const types = chosen.flatMap(({ columns }) => columns.map(({ type }) => type));
  const domains = await domainValues(session, types);
  const omits = (adversity: Adversity) => without.some((each) => covers(each, adversity));
  const statements = chosen.flatMap((table) => adverseRows(table, domains, options, omits));
  await asUnboundOwner(session, chosen, () =>
    Promise.all(statements.map((statement) => insertIfAllowed(session, statement))),
  );
}

function covers(omitted: Adversity, { kind, table, column }: Adversity): boolean {
  if (omitted.table !== table || (omitted.kind !== kind && omitted.kind !== 'all')) return false;
  return omitted.column === null || omitted.column === column;
}

async function insertIfAllowed(session: Session, statement: string): Promise<void> {
  try {
    await session.query(statement);
  } catch (error) {
    if (!(error instanceof StatementFailed || error instanceof TimeLimitReached)) throw error;
  }
}

/** Values that no plausible row has begin here. */
const firstFresh = 1_000;

function adverseRows(
  table: SeedTable,
  domains: DomainValues,
  options: AdverseOptions,
  omits: (adversity: Adversity) => boolean,
): readonly string[] {
  const isOmitted = (kind: Adversity['kind'], column: string | null) =>
    omits({ kind, table: table.name, column });
  if (isOmitted('all', null) || table.columns.every(({ numbered }) => numbered)) return [];
  const variations = table.columns.flatMap((column): readonly (readonly [SeedColumn, string])[] => {
    const hasNulls = !column.notNull && !isOmitted('nulls', column.name);
    const values = isOmitted('extreme values', column.name) ? [] : unusual(table, column, options);
    return [...(hasNulls ? [nullOf(column.type)] : []), ...values].map((value) => [column, value]);
  });
  return [null, ...variations].map((variation, index) =>
    copyOfRow(table, variation, (column) =>
      mustDiffer(table, column) || isOmitted('duplicates', column.name)
        ? nthValue(column.type, firstFresh + index, column.name, domains)
        : null,
    ),
  );
}

/** A key has one unusual value only, so that others of the same column elsewhere refer to nothing. */
function unusual(
  table: SeedTable,
  column: SeedColumn,
  { constrains, retypes }: AdverseOptions,
): readonly string[] {
  if (isCounted(column.type) && !constrains(table.name)) return [];
  const values = extremes(column.type);
  if (!mustDiffer(table, column)) return values;
  return retypes(table.name, column.name) ? values.slice(-1) : [];
}

/** Numbers and times are added to, which fails at the end of the type and says nothing of production. */
function isCounted(type: SeedColumn['type']): boolean {
  switch (type.kind) {
    case 'base':
      return ['N', 'D', 'T'].includes(type.category);
    case 'domain':
      return isCounted(type.base);
    default:
      return false;
  }
}

function mustDiffer({ unique }: SeedTable, { name }: SeedColumn): boolean {
  return unique.some((columns) => columns.includes(name));
}

/**
 * @param variation a column, and what it is to hold instead
 * @param fresh a value that no other row has, for a column that is not to be copied; references are
 * copied, or left out where they may not repeat
 */
function copyOfRow(
  table: SeedTable,
  variation: readonly [SeedColumn, string] | null,
  fresh: (column: SeedColumn) => string | null,
): string {
  const { sql, columns, foreignKeys } = table;
  const referring = new Set(foreignKeys.flatMap((key) => key.columns));
  const value = (column: SeedColumn): string => {
    if (variation?.[0] === column) return variation[1];
    const copy = escapeIdentifier(column.name);
    if (!referring.has(column.name)) return fresh(column) ?? copy;
    return mustDiffer(table, column) && !column.notNull ? nullOf(column.type) : copy;
  };
  const given = columns.filter((column) => !column.numbered || variation?.[0] === column);
  return `
    INSERT INTO ${sql} (${given.map(({ name }) => escapeIdentifier(name)).join(', ')}) OVERRIDING SYSTEM VALUE
    SELECT ${given.map(value).join(', ')} FROM ${sql} ORDER BY tableoid, ctid LIMIT 1`;
}
