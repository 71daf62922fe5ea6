import { readCatalogue } from '../../migrations/catalogue.ts';
import type { Index } from '../../model/catalogue.ts';
import { type Sandbox, type Session, StatementFailed } from '../../model/server.ts';
import { pageSize, type Sizes } from '../../model/statistics.ts';
import { indexesOf } from '../../plans/compare.ts';
import { planAll } from '../../plans/explain.ts';
import { usagesOf } from '../../plans/walk.ts';
import { withOwnNames } from '../../statistics/search-path.ts';
import { applySettings, type WantedSetting } from '../../statistics/settings.ts';
import { growTwin } from '../../statistics/twin.ts';
import { createIndex, type IndexDefinition } from './definition.ts';
import { roundsOf } from './rounds.ts';
import type { AdvisedQuery } from './workload.ts';

/** An index that can be switched on and off. */
export interface Candidate {
  readonly definition: IndexDefinition;
  /** As the catalogue describes it; of a partitioned table, the index that those of its partitions belong to. */
  readonly index: Index;
  /** Its own oid, and those of its partitions. */
  readonly oids: readonly number[];
  /** Bytes at production size, with its partitions. */
  readonly bytes: number;
}

/** A query that is to be planned with some candidates, and without some indexes that are there. */
export interface Ask {
  readonly query: AdvisedQuery;
  readonly shown: readonly Candidate[];
  /** Oids. */
  readonly hidden: readonly number[];
}

/** What came of it. */
export interface Answer {
  readonly cost: number;
  /** Candidates that the plan uses. */
  readonly uses: ReadonlySet<Candidate>;
}

/** Indexes whose tables are not grown yet are built within a millisecond or two. */
const namePrefix = 'guardrails_';

/** A schema state of which a copy is made. */
export interface WhatIfState {
  /** Its database. Nobody is connected to it. */
  readonly database: string;
  /** Of its tables, by oid. */
  readonly sizes: Sizes;
  /** Planner settings of production. */
  readonly settings: readonly WantedSetting[];
}

/**
 * A twin that has all candidates at once. The planner looks past an index that is not valid (get_relation_info in
 * plancat.c), so that one UPDATE of pg_index decides which of them are there.
 */
export class WhatIf implements AsyncDisposable {
  readonly candidates: readonly Candidate[];
  readonly #superuser: Session;
  readonly #owner: Session;
  readonly #names: ReadonlyMap<string, Candidate>;
  /** Oids of indexes that do not stand as they are by default: candidates are hidden, all others are seen. */
  #switched: ReadonlySet<number> = new Set();
  /** What was planned already. */
  readonly #known = new Map<AdvisedQuery, Map<string, Answer | null>>();
  #planned = 0;

  private constructor(
    superuser: Session,
    owner: Session,
    candidates: readonly Candidate[],
    names: ReadonlyMap<string, Candidate>,
  ) {
    this.#superuser = superuser;
    this.#owner = owner;
    this.candidates = candidates;
    this.#names = names;
  }

  /**
   * Copies a schema state and builds the candidates there, while its tables are tiny. What PostgreSQL refuses, such as
   * an expression that is not immutable, is no candidate.
   *
   */
  static async build(
    sandbox: Sandbox,
    { database: template, sizes, settings }: WhatIfState,
    definitions: readonly IndexDefinition[],
  ): Promise<WhatIf> {
    const database = `${template}_what_if`;
    await sandbox.createDatabase(database, template);
    const superuser = await sandbox.connect(database, 'superuser');
    await withOwnNames(superuser, () => applySettings(superuser, settings));
    const owner = await sandbox.connect(database, 'owner');
    try {
      const required = definitions.flatMap(({ requires }) => requires ?? []);
      await settle([...new Set(required)].map((sql) => superuser.query(sql)));
      await buildAll(owner, definitions);
      const catalogue = await readCatalogue(superuser);
      await growTwin(sandbox, { superuser, owner }, catalogue, sizes);
      const parts = await readParts(superuser);
      const indexes = new Map(
        catalogue.tables.flatMap(({ indexes }) => indexes.map((each) => [each.name, each])),
      );
      const candidates = definitions.flatMap((definition, number): readonly Candidate[] => {
        const index = indexes.get(`${namePrefix}${number}`);
        const own = parts.filter(({ root }) => root === index?.name);
        if (index === undefined) return [];
        const bytes = own.reduce((sum, { pages }) => sum + pages, 0) * pageSize;
        return [{ definition, index, oids: own.map(({ oid }) => oid), bytes }];
      });
      const byOid = new Map(candidates.flatMap((each) => each.oids.map((oid) => [oid, each] as const)));
      const names = parts.flatMap(({ oid, name }) => {
        const candidate = byOid.get(oid);
        return candidate === undefined ? [] : [[name, candidate] as const];
      });
      await superuser.query('UPDATE pg_index SET indisvalid = false WHERE indexrelid = ANY ($1::oid[])', [
        [...byOid.keys()],
      ]);
      return new WhatIf(superuser, owner, candidates, new Map(names));
    } catch (error) {
      await owner[Symbol.asyncDispose]();
      await superuser[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** How many plans were made. */
  get planned(): number {
    return this.#planned;
  }

  /** Null for a query that could not be planned. */
  async ask(asks: readonly Ask[]): Promise<readonly (Answer | null)[]> {
    const missing = [...Map.groupBy(asks, ({ query }) => query)].flatMap(([query, own]) => {
      const distinct = new Map(own.map((each) => [keyOf(each), each]));
      return [...distinct].flatMap(([key, each]) => (this.#known.get(query)?.has(key) ? [] : [each]));
    });
    for (const round of roundsOf(missing)) await this.#planRound(round);
    return asks.map((each) => this.#known.get(each.query)?.get(keyOf(each)) ?? null);
  }

  /** An index that is there, with those of its partitions, by qualified name. */
  async familyOf(
    oid: number,
  ): Promise<readonly { readonly oid: number; readonly name: string; readonly bytes: number }[]> {
    const rows = await this.#superuser.query(
      `SELECT c.oid, n.nspname || '.' || c.relname AS name, c.relpages AS pages
       FROM (SELECT relid::oid AS oid FROM pg_partition_tree($1::oid) UNION SELECT $1::oid) AS part
         JOIN pg_class c ON c.oid = part.oid JOIN pg_namespace n ON n.oid = c.relnamespace`,
      [oid],
    );
    return rows.map((row) => ({
      oid: Number(row['oid']),
      name: String(row['name']),
      bytes: Number(row['pages']) * pageSize,
    }));
  }

  /** One state of all indexes that does for several queries, since none sees the tables of another. */
  async #planRound(asks: readonly Ask[]): Promise<void> {
    const wanted = new Set(
      asks.flatMap((each) => [...ownOf(each).flatMap(({ oids }) => oids), ...each.hidden]),
    );
    const toggled = [
      ...[...wanted].filter((oid) => !this.#switched.has(oid)),
      ...[...this.#switched].filter((oid) => !wanted.has(oid)),
    ];
    if (toggled.length > 0) {
      await this.#superuser.query(
        'UPDATE pg_index SET indisvalid = NOT indisvalid WHERE indexrelid = ANY ($1::oid[])',
        [toggled],
      );
    }
    this.#switched = wanted;
    const plannings = await planAll(
      this.#owner,
      asks.map(({ query }) => query),
    );
    this.#planned += asks.length;
    for (const [place, each] of asks.entries()) {
      const planning = plannings[place];
      const answer =
        planning?.kind === 'planned'
          ? {
              cost: planning.plan.cost.total,
              uses: new Set(
                usagesOf(planning.plan).flatMap(({ node }) => {
                  const schema = node.operation.kind === 'scan' ? node.operation.relation.schema : '';
                  return indexesOf(node).flatMap((name) => this.#names.get(`${schema}.${name}`) ?? []);
                }),
              ),
            }
          : null;
      const answers = this.#known.get(each.query) ?? new Map<string, Answer | null>();
      this.#known.set(each.query, answers.set(keyOf(each), answer));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owner[Symbol.asyncDispose]();
    await this.#superuser[Symbol.asyncDispose]();
  }
}

async function buildAll(owner: Session, definitions: readonly IndexDefinition[]): Promise<void> {
  await settle(
    definitions.map((definition, number) =>
      owner.query(createIndex(definition, `${namePrefix}${number}`, '')),
    ),
  );
}

/** Waits for statements that PostgreSQL may refuse: what comes of them is then read from the catalogue. */
async function settle(statements: readonly Promise<unknown>[]): Promise<void> {
  for (const settled of await Promise.allSettled(statements)) {
    if (settled.status === 'rejected' && !(settled.reason instanceof StatementFailed)) throw settled.reason;
  }
}

interface Part {
  readonly root: string;
  readonly oid: number;
  /** Qualified, as plans have it. */
  readonly name: string;
  readonly pages: number;
}

/** The indexes that candidates consist of: those of all partitions beside those of partitioned tables. */
async function readParts(superuser: Session): Promise<readonly Part[]> {
  const rows = await superuser.query(
    `SELECT r.relname AS root, c.oid, n.nspname || '.' || c.relname AS name, c.relpages AS pages
     FROM pg_class r CROSS JOIN LATERAL (
         SELECT relid::oid AS oid FROM pg_partition_tree(r.oid) UNION SELECT r.oid
       ) AS part JOIN pg_class c ON c.oid = part.oid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE r.relkind IN ('i', 'I') AND starts_with(r.relname::text, '${namePrefix}')`,
  );
  return rows.map(({ root, oid, name, pages }) => ({
    root: String(root),
    oid: Number(oid),
    name: String(name),
    pages: Number(pages),
  }));
}

/** What decides about a plan: the query, and what is seen of its own tables. */
function keyOf({ query, shown, hidden }: Ask): string {
  const oids = ownOf({ query, shown })
    .map(({ index }) => index.oid)
    .toSorted((a, b) => a - b);
  return `${oids.join(',')} ${hidden.toSorted((a, b) => a - b).join(',')}`;
}

/** Candidates that the query can see. */
function ownOf({ query, shown }: Pick<Ask, 'query' | 'shown'>): readonly Candidate[] {
  return shown.filter(({ definition }) => query.tables.includes(definition.table));
}
