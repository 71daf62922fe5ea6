import type { Declared } from '../../../src/config/config.ts';
import { readCatalogue } from '../../../src/migrations/catalogue.ts';
import type { QueryRewrite } from '../../../src/model/advice.ts';
import type { Catalogue } from '../../../src/model/catalogue.ts';
import { type Query, unseen } from '../../../src/model/query.ts';
import { examine } from '../../../src/plans/examine.ts';
import { rewriteQueries } from '../../../src/remedies/rewrites/rewrites.ts';
import { productionSizes } from '../../../src/statistics/sizes.ts';
import { type SizedTable, sizedTables } from '../../../src/statistics/tables.ts';
import { growTwin } from '../../../src/statistics/twin.ts';
import type { TestServer } from '../../support/server.ts';

/** A schema and its twin, on which queries are written anew. */
export class Workbench {
  readonly #server: TestServer;
  readonly schema: string;
  readonly catalogue: Catalogue;
  readonly #twin: string;
  readonly #tables: ReadonlyMap<string, SizedTable>;
  #trials = 0;

  private constructor(
    server: TestServer,
    schema: string,
    twin: string,
    catalogue: Catalogue,
    tables: ReadonlyMap<string, SizedTable>,
  ) {
    this.#server = server;
    this.schema = schema;
    this.#twin = twin;
    this.catalogue = catalogue;
    this.#tables = tables;
  }

  /** @param rows rows of a table at production size, by name; a million where nothing is said */
  static async build(server: TestServer, script: string, rows: Readonly<Record<string, number>> = {}) {
    const { sandbox } = server;
    const schema = await server.database(script);
    const twin = `${schema}_twin`;
    await sandbox.createDatabase(twin, schema);
    await using superuser = await sandbox.connect(twin, 'superuser');
    const catalogue = await readCatalogue(superuser);
    const declared: Declared = Object.fromEntries(
      Object.entries(rows).map(([name, count]) => [name, { rows: count, width: null, columns: {} }]),
    );
    const sizes = productionSizes(catalogue, declared, 1e6);
    await using owner = await sandbox.connect(twin, 'owner');
    await growTwin(sandbox, { superuser, owner }, catalogue, sizes);
    return new Workbench(server, schema, twin, catalogue, sizedTables(catalogue, sizes));
  }

  /** Other forms of a query, without white space that only lays them out. */
  async rewrites(
    sql: string,
    samples: readonly (readonly unknown[])[] = [],
  ): Promise<readonly QueryRewrite[]> {
    const { sandbox } = this.#server;
    const numbers = [...sql.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number));
    const query: Query = {
      fingerprint: sql,
      sql,
      name: null,
      calls: 1,
      parameterCount: Math.max(0, ...numbers),
      samples,
      texts: [],
      origins: [],
      originsLeftOut: 0,
      ...unseen,
    };
    await using session = await sandbox.connect(this.#twin, 'owner');
    const { planned, refused } = await examine(session, [query], this.#tables);
    const error = refused.get(sql);
    if (error !== undefined) throw new Error(error.message);
    this.#trials += 1;
    const { rewrites: found } = await rewriteQueries({
      sandbox,
      catalogue: this.catalogue,
      schema: this.schema,
      twin: this.#twin,
      queries: [...planned.values()],
      database: `${this.schema}_rewrites_${this.#trials}`,
      now: () => performance.now(),
    });
    return found.map((each) => ({ ...each, sql: inOneLine(each.sql) }));
  }
}

function inOneLine(sql: string): string {
  return sql.replaceAll(/\s+/g, ' ').replaceAll('( ', '(').replaceAll(' )', ')');
}
