import { indexBuild } from '../../estimates/index-build.ts';
import type { AddedIndex, Advice, IndexAdvice } from '../../model/advice.ts';
import type { Index } from '../../model/catalogue.ts';
import type { Throughput } from '../../model/estimate.ts';
import type { IndexObject } from '../../model/schema.ts';
import type { Sandbox } from '../../model/server.ts';
import { indexesUsed } from '../../plans/compare.ts';
import type { PlannedQuery } from '../../plans/examine.ts';
import { querySubject } from '../../rules/on-plan.ts';
import type { SchemaFacts } from '../../rules/schema-facts.ts';
import type { SizedTable } from '../../statistics/tables.ts';
import { askedOf, listedByTable } from './asked.ts';
import { candidatesFor } from './candidates/candidates.ts';
import { customsOf, type Trigrams } from './candidates/customs.ts';
import { choose } from './choose.ts';
import { buildingSql, identityOf, indexName, keyText } from './definition.ts';
import { demandsOf } from './demand.ts';
import { helpedBy } from './helped.ts';
import { madeSuperfluous } from './redundant.ts';
import { type Candidate, WhatIf, type WhatIfState } from './what-if.ts';
import { type AdvisedWorkload, advisedWorkload } from './workload.ts';
import { writeCost } from './write-cost.ts';

/** A schema state that indexes are advised for. */
export interface AdvisedState extends WhatIfState {
  readonly schema: SchemaFacts;
  /** By qualified name. */
  readonly tables: ReadonlyMap<string, SizedTable>;
  readonly planned: readonly PlannedQuery[];
  /** Indexes that the change adds. */
  readonly added: readonly IndexObject[];
}

/** What advising came to, and how much the planner was asked for it. */
export interface Advised extends Advice {
  readonly candidates: number;
  readonly plans: number;
}

/** Tries indexes on a twin, and tells which are missing and what those that the change adds are good for. */
export async function advise(
  sandbox: Sandbox,
  state: AdvisedState,
  throughput: Throughput,
  trigrams: Trigrams | null,
): Promise<Advised> {
  const { tables, schema, planned } = state;
  const workload = advisedWorkload(planned, tables, schema);
  const demanding = workload.queries.map((query) => ({ query, demands: demandsOf(query, tables) }));
  const customs = customsOf(
    demanding.flatMap(({ demands }) => demands),
    trigrams,
  );
  const wanted = demanding.map((each) => ({
    ...each,
    definitions: each.demands.flatMap((demand) => candidatesFor(demand, customs)),
  }));
  const distinct = new Map(
    wanted.flatMap(({ definitions }) => definitions.map((each) => [identityOf(each), each] as const)),
  );
  if (distinct.size === 0 && state.added.length === 0)
    return { missing: [], added: [], candidates: 0, plans: 0 };
  await using whatIf = await WhatIf.build(sandbox, state, [...distinct.values()]);
  const costOf = ({ definition: { table: name }, index, bytes }: Candidate) => {
    const table = tables.get(name);
    return table === undefined ? 0 : writeCost(table, index, bytes, workload.writes.get(name) ?? []).total;
  };
  const listed = listedByTable(whatIf.candidates);
  const asked = wanted.map((each) => askedOf(each, each.definitions, listed));
  const chosen = await choose(asked, { whatIf, writeCost: costOf });
  const missing = await describeAll(chosen, state, workload, whatIf, throughput);
  const added = await judgeAdded(state, workload, whatIf);
  return { missing, added, candidates: whatIf.candidates.length, plans: whatIf.planned };
}

async function describeAll(
  chosen: readonly Candidate[],
  { tables, schema }: AdvisedState,
  { queries, writes }: AdvisedWorkload,
  whatIf: WhatIf,
  throughput: Throughput,
): Promise<readonly IndexAdvice[]> {
  const taken = new Set([...tables.values()].flatMap(({ indexes }) => indexes.map(({ name }) => name)));
  const kept = new Set(
    schema
      .all('index')
      .filter(({ constraint, replicaIdentity }) => constraint !== null || replicaIdentity)
      .map(({ name }) => name),
  );
  const advice: IndexAdvice[] = [];
  for (const candidate of chosen) {
    const { definition, index, bytes } = candidate;
    const table = tables.get(definition.table);
    if (table === undefined) continue;
    const reading = queries.filter((query) => query.tables.includes(table.name));
    const rest = chosen.filter((each) => each !== candidate);
    const helps = await helpedBy(whatIf, reading, { shown: rest, hidden: [] }, { shown: chosen, hidden: [] });
    const schemaName = table.name.slice(0, table.name.indexOf('.'));
    const isKept = ({ name }: Index) => kept.has(`${schemaName}.${name}`);
    const replaced = await madeSuperfluous(candidate, table, reading, chosen, whatIf, isKept);
    const name = indexName(definition, taken);
    taken.add(name);
    const { calls, perCall } = writeCost(table, index, bytes, writes.get(table.name) ?? []);
    const partitions = [...tables.values()].filter((each) => each.reportAs === table.name && each !== table);
    advice.push({
      table: table.name,
      name,
      method: definition.method,
      keys: definition.keys.map(keyText),
      bytes,
      helps,
      writes: { calls, perCall },
      sql: buildingSql(
        definition,
        name,
        partitions.map((each) => each.name),
        taken,
      ),
      seconds: indexBuild(whole(table, tables), index, 2, throughput).seconds,
      replaces: replaced.map((each) => `${schemaName}.${each.name}`),
    });
  }
  return advice;
}

/** A partitioned table has the pages of its partitions. */
function whole(table: SizedTable, tables: ReadonlyMap<string, SizedTable>): SizedTable {
  const parts = [...tables.values()].filter(({ reportAs }) => reportAs === table.name);
  return { ...table, bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** What the indexes of the change are good for: the queries are planned without each of them. */
async function judgeAdded(
  { added, tables, planned }: AdvisedState,
  { queries, writes }: AdvisedWorkload,
  whatIf: WhatIf,
): Promise<readonly AddedIndex[]> {
  const judged: AddedIndex[] = [];
  for (const object of added) {
    const table = tables.get(object.table);
    const index = table?.indexes.find(({ name }) => object.name.endsWith(`.${name}`));
    if (table === undefined || index === undefined) continue;
    const oids = await whatIf.familyOf(index.oid);
    const reading = queries.filter((query) => query.tables.includes(table.reportAs));
    const helps = await helpedBy(
      whatIf,
      reading,
      { shown: [], hidden: oids.map(({ oid }) => oid) },
      { shown: [], hidden: [] },
    );
    const names = new Set(oids.map(({ name }) => name));
    const using = planned.filter(({ measures }) =>
      [...indexesUsed(measures)].some((name) => names.has(name)),
    );
    const bytes = oids.reduce((sum, each) => sum + each.bytes, 0);
    const { calls, perCall } = writeCost(table, index, bytes, writes.get(table.reportAs) ?? []);
    judged.push({
      table: table.name,
      name: object.name,
      method: index.method,
      keys: object.keys.slice(0, index.keys.length),
      bytes,
      helps,
      writes: { calls, perCall },
      usedBy: using.map(({ query }) => querySubject(query).name),
    });
  }
  return judged;
}
