import type { Declared } from '../../../src/config/config.ts';
import { sized } from './advised.ts';

/** A shop's warehouse: five fact tables, fifteen tables of what the facts are about. */
interface Fact {
  readonly name: string;
  readonly rows: number;
  /** Dimensions by foreign key, by whose name queries are made. */
  readonly keys: readonly string[];
  /** Measured or dated columns. */
  readonly columns: string;
}

const dimensions: Readonly<Record<string, number>> = {
  customers: 2e6,
  products: 200_000,
  stores: 4_000,
  employees: 60_000,
  suppliers: 30_000,
  promotions: 20_000,
  warehouses: 2_000,
  carriers: 1_200,
  campaigns: 15_000,
  accounts: 800_000,
  devices: 500_000,
  sessions: 5e6,
  coupons: 300_000,
  invoices: 4e6,
  regions: 1_500,
};

const facts: readonly Fact[] = [
  {
    name: 'sales',
    rows: 60e6,
    keys: ['customers', 'products', 'employees', 'promotions', 'coupons'],
    columns: 'amount numeric NOT NULL, sold_at timestamptz NOT NULL',
  },
  {
    name: 'shipments',
    rows: 30e6,
    keys: ['customers', 'products', 'suppliers', 'invoices'],
    columns: 'weight numeric NOT NULL, sent_at timestamptz NOT NULL',
  },
  {
    name: 'visits',
    rows: 100e6,
    keys: ['sessions', 'devices', 'campaigns'],
    columns: 'pages int NOT NULL, seen_at timestamptz NOT NULL',
  },
  {
    name: 'payments',
    rows: 40e6,
    keys: ['accounts', 'invoices', 'customers'],
    columns: 'amount numeric NOT NULL, paid_at timestamptz NOT NULL',
  },
  {
    name: 'complaints',
    rows: 5e6,
    keys: ['customers', 'products', 'employees'],
    columns: 'reason text NOT NULL, made_at timestamptz NOT NULL',
  },
];

const one = (table: string) => `${table.slice(0, -1)}_id`;

/** The schema without any index but those of primary keys. */
export const starSchema = [
  ...Object.keys(dimensions).map(
    (name) => `CREATE TABLE ${name} (id bigint PRIMARY KEY, name text NOT NULL, kind int NOT NULL);`,
  ),
  ...facts.map(
    ({ name, keys, columns }) =>
      `CREATE TABLE ${name} (id bigint PRIMARY KEY, ${keys
        .map((key) => `${one(key)} bigint NOT NULL REFERENCES ${key}`)
        .join(', ')}, ${columns});`,
  ),
].join('\n');

export const starSizes: Declared = {
  ...Object.fromEntries(
    Object.entries(dimensions).map(([name, rows]) => [
      name,
      sized(rows, { name: { distinct: Math.ceil(rows / 2) }, kind: { distinct: 20 } }),
    ]),
  ),
  ...Object.fromEntries(facts.map(({ name, rows }) => [name, sized(rows)])),
};

/** The indexes of the foreign keys, which are those that the queries need. */
export const neededIndexes: readonly string[] = facts
  .flatMap(({ name, keys }) => keys.map((key) => `${name} (${one(key)})`))
  .toSorted();

const perKey = facts.flatMap(({ name, keys }) => keys.map((key) => ({ name, key, id: one(key) })));

/** A hundred queries that each need an index of a foreign key. */
export const starQueries: readonly string[] = [
  ...perKey.flatMap(({ name, key, id }) => [
    `SELECT * FROM ${name} WHERE ${id} = $1`,
    `SELECT count(*) FROM ${name} WHERE ${id} = $1`,
    `SELECT d.name, f.* FROM ${key} d JOIN ${name} f ON f.${id} = d.id WHERE d.id = $1`,
    `SELECT f.* FROM ${name} f WHERE f.${id} = ANY ($1)`,
    `SELECT f.* FROM ${name} f WHERE f.${id} IN (SELECT d.id FROM ${key} d WHERE d.id = $1)`,
  ]),
  ...perKey
    .slice(0, 100 - 5 * perKey.length)
    .map(
      ({ name, key, id }) =>
        `SELECT * FROM ${key} d WHERE d.id = $1 AND EXISTS (SELECT FROM ${name} f WHERE f.${id} = d.id)`,
    ),
];

/** Ten queries that need none. */
export const contentQueries: readonly string[] = [
  'SELECT * FROM customers WHERE id = $1',
  'SELECT * FROM sales WHERE id = $1',
  'SELECT count(*) FROM regions',
  'SELECT sum(amount) FROM sales',
  'SELECT kind, count(*) FROM stores GROUP BY kind',
  'SELECT * FROM carriers',
  'SELECT p.name FROM products p WHERE p.id = ANY ($1)',
  "INSERT INTO complaints VALUES ($1, $2, $3, $4, 'late', now())",
  'UPDATE customers SET name = $2 WHERE id = $1',
  'SELECT * FROM warehouses ORDER BY id LIMIT 10',
];
