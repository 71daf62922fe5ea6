import type { QueryRewrite } from '../../model/advice.ts';
import { type Catalogue, qualifiedName, type Table } from '../../model/catalogue.ts';
import type { Sandbox, Session } from '../../model/server.ts';
import type { PlannedQuery } from '../../plans/examine.ts';
import { planAll } from '../../plans/explain.ts';
import type { SeedTable } from '../../seed/schema/tables.ts';
import { walk } from '../../sql/expression.ts';
import { plannable, shown } from '../../sql/rewrite/keyset.ts';
import { readSelect, rewritingsOf } from '../../sql/rewrite/rewriters.ts';
import type { Rewriting } from '../../sql/rewrite/rewriting.ts';
import { type Tables, tablesByName } from '../../sql/rewrite/sources.ts';
import type { Select } from '../../sql/rewrite/tree.ts';
import { write } from '../../sql/rewrite/write.ts';
import { compareResults } from './compare.ts';
import type { Comparison } from './runs.ts';
import { type Stage, setStage } from './stage.ts';

/** What rewrites of queries are tried with. */
export interface Rewritten {
  readonly sandbox: Sandbox;
  readonly catalogue: Catalogue;
  /** Database with that schema. Nobody is connected to it. */
  readonly schema: string;
  /** Its twin, in a database of its own. */
  readonly twin: string;
  /** A new database, in which forms are run on rows. */
  readonly database: string;
  /** Queries as they are planned on the twin, those first that matter most. */
  readonly queries: readonly PlannedQuery[];
  /** Milliseconds, from any point on. */
  readonly now: () => number;
}

/** A query in another form, as text. */
interface Attempt {
  readonly planned: PlannedQuery;
  readonly original: Select;
  readonly rewriting: Rewriting;
  readonly sql: string;
}

interface PlannedAttempt extends Attempt {
  readonly effect: QueryRewrite['effect'];
}

/** What trying came to. */
export interface Rewrites {
  readonly rewrites: readonly QueryRewrite[];
  /** Queries of which some forms were not compared any more. */
  readonly unreached: readonly PlannedQuery[];
}

/** Share of its cost that a form has to save to be worth the change. */
const leastSaving = 0.05;

/** How long forms are run on rows, in milliseconds: what is not reached by then is not offered. */
const longestMs = 20_000;

/**
 * Writes queries in other forms and tries each: its plan on the twin must be cheaper, and its results on rows must be
 * those of the query. What is not known to be the same, or is other by design, is advice.
 */
export async function rewriteQueries(trial: Rewritten): Promise<Rewrites> {
  const tables = tablesByName(trial.catalogue.tables);
  const attempts = trial.queries.flatMap((planned) => attemptsOf(planned, tables));
  const worth = (await planAttempts(trial, attempts)).filter(isWorthTrying);
  if (worth.length === 0) return { rewrites: [], unreached: [] };
  await using stage = await setStage(trial.sandbox, trial.database, trial.schema);
  const end = trial.now() + longestMs;
  const rewrites: QueryRewrite[] = [];
  for (const [index, attempt] of worth.entries()) {
    const { nature } = attempt.rewriting;
    if (nature.kind === 'other') {
      rewrites.push(rewriteOf(attempt, { kind: 'advice', reason: nature.reason }));
      continue;
    }
    if (trial.now() > end) {
      const unreached = new Set(worth.slice(index).map(({ planned }) => planned));
      return { rewrites: bestOf(rewrites), unreached: [...unreached] };
    }
    const comparison = await compareResults(stage, {
      original: attempt.original,
      rewritten: attempt.rewriting.select,
      samples: attempt.planned.query.samples,
      tables: tablesOf(attempt, tables, trial.catalogue, stage),
    });
    const verdict = verdictOf(attempt, comparison);
    if (verdict !== null) rewrites.push(rewriteOf(attempt, verdict));
  }
  return { rewrites: bestOf(rewrites), unreached: [] };
}

/** Of several forms under one title, the cheapest of those that are verified, or of all. */
function bestOf(rewrites: readonly QueryRewrite[]): readonly QueryRewrite[] {
  const alike = Map.groupBy(rewrites, ({ fingerprint, title }) => JSON.stringify([fingerprint, title]));
  return [...alike.values()].flatMap((forms) => {
    const verified = forms.filter(({ verdict }) => verdict.kind === 'verified');
    const cost = ({ effect }: QueryRewrite) => effect?.after ?? Number.POSITIVE_INFINITY;
    return (verified.length > 0 ? verified : forms).toSorted((a, b) => cost(a) - cost(b)).slice(0, 1);
  });
}

function attemptsOf(planned: PlannedQuery, tables: Tables): readonly Attempt[] {
  const original = readSelect(planned.text);
  if (original === null) return [];
  return rewritingsOf(original, tables).flatMap((rewriting) => {
    const sql = write({ SelectStmt: rewriting.select });
    return sql === null ? [] : [{ planned, original, rewriting, sql }];
  });
}

/**
 * Plans each form with the values that its query was planned with; both for any values where the query was not planned
 * as it was captured, but with casts and constants that its form has not got.
 */
async function planAttempts(
  { sandbox, twin }: Rewritten,
  attempts: readonly Attempt[],
): Promise<readonly PlannedAttempt[]> {
  if (attempts.length === 0) return [];
  await using session = await sandbox.connect(twin, 'owner');
  const plannings = await planAll(
    session,
    attempts.map(({ planned, rewriting: { select }, sql }) => {
      const parameterCount = parametersOf(select);
      const values = isAsCaptured(planned) ? planned.values : null;
      return { sql: plannable(sql), parameterCount, params: values?.slice(0, parameterCount) ?? null };
    }),
  );
  const costs = await costsOf(session, [...new Set(attempts.map(({ planned }) => planned))]);
  return attempts.map((attempt, index) => {
    const planning = plannings[index];
    const before = costs.get(attempt.planned);
    const effect =
      planning?.kind === 'planned' && before !== undefined
        ? { before, after: planning.plan.cost.total }
        : null;
    return { ...attempt, effect };
  });
}

function isAsCaptured({ sql, text }: PlannedQuery): boolean {
  return sql === text;
}

/** What the queries cost that forms are compared with. */
async function costsOf(
  session: Session,
  queries: readonly PlannedQuery[],
): Promise<ReadonlyMap<PlannedQuery, number>> {
  const others = queries.filter((planned) => !isAsCaptured(planned));
  const plannings = await planAll(
    session,
    others.map(({ text, query: { parameterCount } }) => ({ sql: text, parameterCount, params: null })),
  );
  const generic = others.flatMap((planned, index) => {
    const planning = plannings[index];
    return planning?.kind === 'planned' ? [[planned, planning.plan.cost.total] as const] : [];
  });
  const known = queries.filter(isAsCaptured).map((planned) => [planned, planned.measures.cost] as const);
  return new Map([...known, ...generic]);
}

/** Highest `$n`: a form may have fewer than its query. */
function parametersOf(select: Select): number {
  const numbers = [...walk({ SelectStmt: select })].flatMap((node) =>
    'ParamRef' in node ? [node.ParamRef.number ?? 0] : [],
  );
  return Math.max(0, ...numbers);
}

function isWorthTrying({ effect, rewriting }: PlannedAttempt): boolean {
  if (rewriting.nature.kind === 'other') return true;
  return effect !== null && effect.after < effect.before * (1 - leastSaving);
}

/** Null where the form is not to be offered. */
function verdictOf(
  { rewriting: { nature } }: PlannedAttempt,
  comparison: Comparison,
): QueryRewrite['verdict'] | null {
  switch (comparison.kind) {
    case 'same':
      return nature.kind === 'equal' ? { kind: 'verified' } : { kind: 'advice', reason: nature.reason };
    case 'different':
      return nature.kind === 'equal' ? null : { kind: 'advice', reason: nature.reason };
    case 'open':
      return { kind: 'advice', reason: comparison.reason };
    default:
      return comparison satisfies never;
  }
}

function rewriteOf(
  { planned, rewriting, sql, effect }: PlannedAttempt,
  verdict: QueryRewrite['verdict'],
): QueryRewrite {
  const { title, answers } = rewriting;
  return { fingerprint: planned.query.fingerprint, answers, title, sql: shown(sql), effect, verdict };
}

/** Tables that a query names, or that its plan reads by way of views; partitions belong to their table. */
function tablesOf(
  { planned, original }: Attempt,
  tables: Tables,
  catalogue: Catalogue,
  stage: Stage,
): readonly SeedTable[] {
  const byName = new Map(catalogue.tables.map((table) => [qualifiedName(table), table]));
  const byOid = new Map(catalogue.tables.map((table) => [table.oid, table]));
  const root = (table: Table): Table =>
    table.partitionOf === null
      ? table
      : root(byOid.get(table.partitionOf) ?? { ...table, partitionOf: null });
  const named = [...walk({ SelectStmt: original })].flatMap((node) =>
    'RangeVar' in node ? (tables(node.RangeVar.schemaname ?? null, node.RangeVar.relname ?? '') ?? []) : [],
  );
  const read = planned.measures.tables.flatMap((name) => byName.get(name) ?? []);
  const oids = new Set([...named, ...read].map((table) => root(table).oid));
  return stage.tables.filter(({ oid }) => oids.has(oid));
}
