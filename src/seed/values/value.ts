import { escapeLiteral } from 'pg';
import type { ValueType } from '../schema/types.ts';
import { day, textFor, uuid } from './text.ts';

/** Values of a domain that meet its checks, as SQL expressions. */
export type DomainValues = (domain: string) => readonly string[];

/** A text as a value of a type; whether the type takes it is for the server to say. */
export function literal(text: string, type: string): string {
  return `${escapeLiteral(text)}::${type}`;
}

/** A type as literals are cast to it: `character` and `bit` alone would cut them to one character. */
export function typeSql(type: ValueType): string {
  if (type.kind !== 'base') return type.sql;
  return type.name === 'bpchar' || type.name === 'bit' ? `pg_catalog.${type.name}` : type.sql;
}

/**
 * An SQL expression of the n-th value of a type, from 1, or null where none is known. Values follow each other in
 * the order of their type, and small numbers come first: a column that names rows of another table without a
 * foreign key then finds them.
 *
 * @param name of the column, which tells what a text is
 */
export function nthValue(type: ValueType, n: number, name: string, domains: DomainValues): string | null {
  const nth = (part: ValueType, at = n) => nthValue(part, at, name, domains);
  switch (type.kind) {
    case 'base': {
      const text = nthText(type, n, name);
      return text === null ? null : literal(text, typeSql(type));
    }
    case 'enum':
      return type.labels.length === 0
        ? null
        : literal(type.labels[(n - 1) % type.labels.length] ?? '', type.sql);
    case 'domain': {
      const values = domains(type.sql);
      const value = values[(n - 1) % Math.max(1, values.length)];
      return value === undefined ? null : `(${value})::${type.sql}`;
    }
    case 'array': {
      const element = nth(type.element);
      return element === null ? null : `ARRAY[${element}]`;
    }
    case 'composite': {
      const attributes = type.attributes.map((attribute) => nth(attribute) ?? 'NULL');
      return `ROW(${attributes.join(', ')})::${type.sql}`;
    }
    case 'range': {
      const bounds = [nth(type.subtype, n), nth(type.subtype, n + 1)];
      return bounds.includes(null) ? null : `${type.sql}(${bounds.join(', ')})`;
    }
    case 'multirange': {
      const range = nth(type.range);
      return range === null ? null : `${type.sql}(${range})`;
    }
    default:
      return type satisfies never;
  }
}

function nthText(type: Extract<ValueType, { kind: 'base' }>, n: number, name: string): string | null {
  const { modifier } = type;
  switch (type.name) {
    case 'varchar':
    case 'bpchar':
      return fitting(textFor(name, n), n, modifier < 0 ? Number.POSITIVE_INFINITY : modifier - 4);
    case 'numeric':
      return nthNumeric(n, modifier);
    case 'bit':
      return n.toString(2).padStart(Math.max(1, modifier), '0').slice(-Math.max(1, modifier));
    case 'varbit':
      return modifier > 0 ? n.toString(2).slice(-modifier) : n.toString(2);
    default: {
      const known = texts[type.name];
      if (known !== undefined) return known(n);
      return type.category === 'S' ? textFor(name, n) : null;
    }
  }
}

/** A text that is too long gives way to a number. */
function fitting(text: string, n: number, length: number): string {
  return text.length <= length ? text : String(n).slice(-length);
}

/** A modifier of numeric holds precision and scale (numeric_typmod_precision in PostgreSQL's numeric.c). */
function nthNumeric(n: number, modifier: number): string {
  if (modifier < 4) return String(n);
  const precision = ((modifier - 4) >> 16) & 0xffff;
  const scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
  if (scale < 0) return `${n}e${-scale}`;
  return precision - scale >= 1 ? String(n % 10 ** Math.min(9, precision - scale)) : `${n}e-${scale}`;
}

const hex = (n: number) => n.toString(16).padStart(2, '0').slice(-2);

/** Texts of PostgreSQL's own types, by typname. */
const texts: Readonly<Record<string, (n: number) => string>> = {
  bool: (n) => (n % 2 === 1 ? 'true' : 'false'),
  int2: String,
  int4: String,
  int8: String,
  float4: String,
  float8: String,
  money: String,
  oid: String,
  xid: String,
  xid8: String,
  cid: String,
  tid: (n) => `(0,${n})`,
  char: (n) => String.fromCharCode(96 + (n % 26)),
  bytea: (n) => `\\x${hex(n)}`,
  date: day,
  timestamp: (n) => `${day(n)} 12:00:00`,
  timestamptz: (n) => `${day(n)} 12:00:00+00`,
  time: (n) => `${String(n % 24).padStart(2, '0')}:00:00`,
  timetz: (n) => `${String(n % 24).padStart(2, '0')}:00:00+00`,
  interval: (n) => `${n} days`,
  uuid,
  json: (n) => `{"n": ${n}}`,
  jsonb: (n) => `{"n": ${n}}`,
  jsonpath: (n) => `$.n${n}`,
  xml: (n) => `<n>${n}</n>`,
  inet: (n) => `192.0.2.${n % 256}`,
  cidr: (n) => `192.0.2.${n % 256}/32`,
  macaddr: (n) => `08:00:2b:01:02:${hex(n)}`,
  macaddr8: (n) => `08:00:2b:01:02:03:04:${hex(n)}`,
  point: (n) => `(${n},${n})`,
  line: (n) => `{1,2,${n}}`,
  lseg: (n) => `[(${n},0),(${n},1)]`,
  box: (n) => `(${2 * n},1),(${2 * n - 1},0)`,
  path: (n) => `[(0,0),(${n},1)]`,
  polygon: (n) => `((0,0),(0,${n}),(${n},0))`,
  circle: (n) => `<(${10 * n},0),1>`,
  tsvector: (n) => `word${n}`,
  tsquery: (n) => `word${n}`,
  int2vector: (n) => `1 ${n}`,
  oidvector: (n) => `1 ${n}`,
  pg_lsn: (n) => `0/${n.toString(16)}`,
  pg_snapshot: (n) => `${n}:${n}:`,
  txid_snapshot: (n) => `${n}:${n}:`,
  refcursor: (n) => `cursor${n}`,
  regclass: (n) => (n % 2 === 1 ? 'pg_catalog.pg_class' : 'pg_catalog.pg_type'),
  regtype: (n) => (n % 2 === 1 ? 'pg_catalog.int4' : 'pg_catalog.text'),
  regproc: () => 'pg_catalog.now',
  regprocedure: (n) => (n % 2 === 1 ? 'pg_catalog.now()' : 'pg_catalog.version()'),
  regoper: () => 'pg_catalog.||/',
  regoperator: () => 'pg_catalog.+(integer,integer)',
  regcollation: () => 'pg_catalog."C"',
  regnamespace: () => 'pg_catalog',
  regconfig: () => 'pg_catalog.simple',
  regdictionary: () => 'pg_catalog.simple',
};

/** What types of extensions may take: ltree, hstore, vectors, geometries, versions ... */
export const probes: readonly ((n: number) => string)[] = [
  String,
  (n) => `a${n}`,
  (n) => `n=>${n}`,
  (n) => `${n}.0.0`,
  (n) => `(${n},${n})`,
  (n) => `POINT(${n} ${n})`,
  (n) => `[${n},${n},${n}]`,
  (n) => `[${n} .. ${n}]`,
  () => '{}',
];
