import type { Index } from '../../model/catalogue.ts';
import { quoteIdentifier, quoteQualified, unqualified } from '../../sql/identifier.ts';

/** A key of an index that is not there yet. */
export interface DefinedKey {
  /** Column name, or null for an expression. */
  readonly column: string | null;
  /** As SQL, an expression without parentheses around it. */
  readonly text: string;
  /** Null for the default one of its type. */
  readonly operatorClass: string | null;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** An index that is worth trying. */
export interface IndexDefinition {
  /** Qualified name. */
  readonly table: string;
  readonly method: 'btree' | 'gin' | 'brin';
  readonly keys: readonly DefinedKey[];
  readonly included: readonly string[];
  /** Condition of a partial index as SQL, or null. */
  readonly predicate: string | null;
  /** SQL that has to run before, such as CREATE EXTENSION; null where all is there. */
  readonly requires: string | null;
}

/** An ascending key, its nulls last, that sorts by the default operator class. */
export function plainKey(column: string | null, text: string): DefinedKey {
  return { column, text, operatorClass: null, descending: false, nullsFirst: false };
}

export function btree(
  table: string,
  keys: readonly DefinedKey[],
  parts: Partial<Pick<IndexDefinition, 'included' | 'predicate'>> = {},
): IndexDefinition {
  return { table, method: 'btree', keys, included: [], predicate: null, requires: null, ...parts };
}

/** What CREATE INDEX says after the name of the table. */
function definitionText({ method, keys, included, predicate }: IndexDefinition): string {
  const using = method === 'btree' ? '' : `USING ${method} `;
  const include = included.length === 0 ? '' : ` INCLUDE (${included.map(quoteIdentifier).join(', ')})`;
  const where = predicate === null ? '' : ` WHERE ${predicate}`;
  return `${using}(${keys.map(keyText).join(', ')})${include}${where}`;
}

/** The same for definitions that are alike in all but the name. */
export function identityOf(definition: IndexDefinition): string {
  return `${definition.table} ${definitionText(definition)}`;
}

export function keyText({ column, text, operatorClass, descending, nullsFirst }: DefinedKey): string {
  const nulls = nullsFirst === descending ? '' : nullsFirst ? ' NULLS FIRST' : ' NULLS LAST';
  const expression = column === null ? (isCall(text) ? text : `(${text})`) : quoteIdentifier(column);
  return `${expression}${operatorClass === null ? '' : ` ${operatorClass}`}${descending ? ' DESC' : ''}${nulls}`;
}

/** Whether a text is one call of a function, which needs no parentheses in CREATE INDEX. */
function isCall(text: string): boolean {
  return /^[a-z_][a-z0-9_]*\([^()]*\)$/.test(text);
}

/** @param options such as `CONCURRENTLY` */
export function createIndex(definition: IndexDefinition, name: string, options: string): string {
  const table = quoteQualified(definition.table);
  return `CREATE INDEX ${options}${quoteIdentifier(name)} ON ${table} ${definitionText(definition)}`;
}

/**
 * What builds an index while others write. A partitioned table's own is made without those of its partitions, which are
 * built one by one and attached (PostgreSQL documentation, "Partition Maintenance").
 *
 * @param partitions qualified names; none where the table is not partitioned
 */
export function buildingSql(
  definition: IndexDefinition,
  name: string,
  partitions: readonly string[],
  taken: ReadonlySet<string>,
): string {
  const before = definition.requires === null ? [] : [definition.requires];
  if (partitions.length === 0) return [...before, createIndex(definition, name, 'CONCURRENTLY ')].join(';\n');
  const schema = definition.table.slice(0, definition.table.indexOf('.'));
  const whole = quoteQualified(`${schema}.${name}`);
  const parts = partitions.flatMap((partition) => {
    const part = { ...definition, table: partition };
    const partName = indexName(part, taken);
    const attached = quoteQualified(`${partition.slice(0, partition.indexOf('.'))}.${partName}`);
    return [
      createIndex(part, partName, 'CONCURRENTLY '),
      `ALTER INDEX ${whole} ATTACH PARTITION ${attached}`,
    ];
  });
  const own = createIndex(definition, name, '').replace(' ON ', ' ON ONLY ');
  return [...before, own, ...parts].join(';\n');
}

/** Longest name in bytes (NAMEDATALEN - 1). */
const longestName = 63;

/**
 * A name as PostgreSQL itself makes one (ChooseIndexName in indexcmds.c), or with the prefix that a project gives its
 * own, and one that is not taken.
 */
export function indexName(definition: IndexDefinition, taken: ReadonlySet<string>): string {
  const table = unqualified(definition.table);
  const parts = definition.keys.map(({ column, text }) => column ?? (/^\w+/.exec(text)?.[0] || 'expr'));
  const isPrefixed = [...taken].filter((name) => name.startsWith('idx_')).length > taken.size / 4;
  const stem = [table, ...parts].join('_').replaceAll(/[^\p{L}\p{N}_]+/gu, '_');
  for (let number = 0; ; number += 1) {
    const suffix = number === 0 ? '' : String(number);
    const room = longestName - 4 - suffix.length;
    const short = Buffer.from(stem).subarray(0, room).toString('utf8').replaceAll('\ufffd', '');
    const name = isPrefixed ? `idx_${short}${suffix}` : `${short}_idx${suffix}`;
    if (!taken.has(name)) return name;
  }
}

/** Whether an index that is there answers whatever the defined one would. */
export function isCovered(
  definition: IndexDefinition,
  { method, valid, predicate, keys, included }: Index,
): boolean {
  if (!valid || method !== definition.method) return false;
  if (predicate !== null && unwrapped(predicate) !== definition.predicate) return false;
  const has = (column: string) => included.includes(column) || keys.some((key) => key.column === column);
  return definition.keys.every((key, place) => isSameKey(key, keys[place])) && definition.included.every(has);
}

/** Whether an index that is there begins the defined one, so that it answers nothing that the other does not. */
export function begins({ method, predicate, keys, included }: Index, definition: IndexDefinition): boolean {
  const has = (column: string) =>
    definition.included.includes(column) || definition.keys.some((key) => key.column === column);
  const isWhole =
    keys.length <= definition.keys.length && (method === 'btree' || keys.length === definition.keys.length);
  const isWithin =
    definition.predicate === null || (predicate !== null && unwrapped(predicate) === definition.predicate);
  return (
    method === definition.method &&
    isWhole &&
    isWithin &&
    keys.every((key, place) => isSameKey(definition.keys[place], key)) &&
    included.every(has)
  );
}

function isSameKey(defined: DefinedKey | undefined, key: Index['keys'][number] | undefined): boolean {
  if (defined === undefined || key === undefined) return false;
  const isSame =
    defined.column === null
      ? unwrapped(key.expression ?? '') === unwrapped(defined.text)
      : key.column === defined.column;
  const isDefault = !/_pattern_ops$|_trgm_ops$|_path_ops$/.test(key.operatorClass);
  const isSameClass =
    defined.operatorClass === null ? isDefault : defined.operatorClass.endsWith(key.operatorClass);
  return (
    isSame && isSameClass && key.descending === defined.descending && key.nullsFirst === defined.nullsFirst
  );
}

/** Without parentheses around the whole, which the server prints around some expressions. */
function unwrapped(text: string): string {
  return text.startsWith('(') && text.endsWith(')') ? text.slice(1, -1) : text;
}
