import type { Declared, DeclaredTable } from '../../../src/config/config.ts';
import { usualThroughput } from '../../../src/estimates/assumptions.ts';
import { type Query, unseen } from '../../../src/model/query.ts';
import { readState } from '../../../src/pipeline/states.ts';
import { examine } from '../../../src/plans/examine.ts';
import { type Advised, advise } from '../../../src/remedies/indexes/advise.ts';
import { readTrigrams } from '../../../src/remedies/indexes/trigrams.ts';
import { SchemaFacts } from '../../../src/rules/schema-facts.ts';
import { productionSizes } from '../../../src/statistics/sizes.ts';
import { sizedTables } from '../../../src/statistics/tables.ts';
import { growTwin } from '../../../src/statistics/twin.ts';
import type { TestServer } from '../../support/server.ts';

type DeclaredColumn = DeclaredTable['columns'][string];

const column: DeclaredColumn = { distinct: null, nulls: null, width: null, correlation: null, common: {} };

/** A table's size, and what its columns hold. */
export function sized(
  rows: number,
  columns: Readonly<Record<string, Partial<DeclaredColumn>>> = {},
): DeclaredTable {
  const all = Object.entries(columns).map(([name, stated]) => [name, { ...column, ...stated }] as const);
  return { rows, width: null, columns: Object.fromEntries(all) };
}

/** A text, with how often it runs. */
export type Asked =
  | string
  | { readonly sql: string; readonly calls?: number; readonly params?: readonly unknown[] };

function query(asked: Asked): Query {
  const { sql, calls = 1, params = null } = typeof asked === 'string' ? { sql: asked } : asked;
  const parameters = [...sql.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number));
  return {
    fingerprint: sql,
    sql,
    name: null,
    calls,
    parameterCount: Math.max(0, ...parameters),
    samples: params === null ? [] : [params],
    texts: [],
    origins: [],
    originsLeftOut: 0,
    ...unseen,
  };
}

/** What is advised for a schema whose tables have these sizes, and these queries. */
export async function advised(
  server: TestServer,
  schema: string,
  declared: Declared,
  asked: readonly Asked[],
): Promise<Advised> {
  const database = await server.database(schema);
  const state = await readState(server.sandbox, database);
  const sizes = productionSizes(state.catalogue, declared, 1e6);
  const tables = sizedTables(state.catalogue, sizes);
  const twin = `${database}_twin`;
  await server.sandbox.createDatabase(twin, database);
  await using superuser = await server.sandbox.connect(twin, 'superuser');
  await using session = await server.sandbox.connect(twin, 'owner');
  await growTwin(server.sandbox, { superuser, owner: session }, state.catalogue, sizes);
  const { planned, refused } = await examine(session, asked.map(query), tables);
  for (const [sql, { message }] of refused) throw new Error(`${sql}: ${message}`);
  return advise(
    server.sandbox,
    {
      database,
      schema: new SchemaFacts(state.schema),
      sizes,
      settings: [],
      tables,
      planned: [...planned.values()],
      added: [],
    },
    usualThroughput,
    await readTrigrams(superuser),
  );
}

/** The indexes in short: `orders (customer_id, created_at)`. */
export function inShort({ missing }: Advised): readonly string[] {
  return missing
    .map(({ sql }) =>
      sql.replace(/^CREATE EXTENSION [^;]*;\n/, '').replace(/^CREATE INDEX CONCURRENTLY \S+ ON public\./, ''),
    )
    .toSorted();
}
