import type { Config } from '../config/config.ts';
import { estimateOf } from '../estimates/deploy.ts';
import type { Change } from '../model/change.ts';
import type { DeployEstimate, StatementEstimate } from '../model/estimate.ts';
import type { MigrationObservation, StatementObservation } from '../model/observation.ts';
import { type EarlierWorkload, type Query, type QueryLoad, unknownOrigin } from '../model/query.ts';
import type { Review, Unchecked } from '../model/review.ts';
import type { StatementReview } from '../model/reviewed-migration.ts';
import type { Check, ReviewedQuery } from '../model/reviewed-query.ts';
import type { Sandbox } from '../model/server.ts';
import { readableValues } from '../plans/parameters/describe.ts';
import { alike } from '../plans/parameters/judge.ts';
import { scoreOf } from '../plans/score.ts';
import type { Attached } from '../remedies/attach.ts';
import type { PlanFacts } from '../rules/facts-source.ts';
import type { Judgement } from '../rules/judge.ts';
import type { Senders } from '../rules/senders.ts';
import { figureOf } from './checks.ts';
import { deployReview, statementEstimate } from './deploy.ts';
import { catalogueDifference } from './differences.ts';
import { insightsOf } from './insights.ts';
import { differenceOf, summaryOf, withPlans } from './queries.ts';
import { capturedTime, seenOf, timeOf } from './time.ts';
import { countsOf, verdictOf } from './verdict.ts';
import { workloadReview } from './workload.ts';

/** Everything that a review is put together from. */
export interface Findings {
  readonly config: Config;
  readonly change: Change;
  readonly sandbox: Pick<Sandbox, 'kind' | 'version'>;
  readonly statistics: Review['statistics'];
  readonly settings: Review['settings'];
  readonly production: Review['production'];
  readonly migrations: readonly MigrationObservation[];
  readonly deploy: DeployEstimate;
  readonly release: Review['release'];
  readonly queries: readonly Query[];
  /** Who sends each query of both versions. */
  readonly senders: Senders;
  readonly earlier: EarlierWorkload;
  /** What production spends on queries, by fingerprint. */
  readonly loads: ReadonlyMap<string, QueryLoad>;
  /** By fingerprint; a query that a state refuses has no plan there. */
  readonly basePlans: ReadonlyMap<string, PlanFacts>;
  readonly headPlans: ReadonlyMap<string, PlanFacts>;
  readonly judgements: readonly Judgement[];
  readonly remedies: Attached;
  readonly unchecked: readonly Unchecked[];
  readonly timings: Review['timings'];
}

export function assemble(findings: Findings): Review {
  const { config, change, sandbox, judgements, remedies } = findings;
  const insights = insightsOf(judgements, remedies, findings.senders);
  const checks = checksByQuery(judgements);
  const captured = capturedTime(findings.queries);
  const queries = withPlans(
    findings.queries.map((query) =>
      reviewedQuery(query, findings, captured, checks.get(query.fingerprint) ?? []),
    ),
    ({ fingerprint }) => plansOf(findings, fingerprint),
  );
  return {
    version: 1,
    ...verdictOf(insights, config),
    meanScore: meanScore(queries),
    policy: { failOn: config.failOn, minScore: config.minScore },
    base: describeBase(change),
    counts: countsOf(insights),
    postgres: { version: sandbox.version.text, sandbox: sandbox.kind },
    statistics: findings.statistics,
    settings: findings.settings,
    production: findings.production,
    insights,
    migrations: findings.migrations.map((migration) => ({
      file: migration.file,
      transaction: migration.transaction,
      statements: migration.statements.map((statement) =>
        toStatement(statement, estimateOf(findings.deploy, migration.file, statement)),
      ),
    })),
    deploy: deployReview(findings.deploy),
    release: findings.release,
    queries,
    workload: workloadReview(findings.queries, findings.earlier),
    unchecked: findings.unchecked,
    timings: findings.timings,
  };
}

function describeBase({ comparison, added }: Change): string {
  if (comparison.kind === 'git') {
    const commit = comparison.mergeBase.slice(0, 10);
    return /^[0-9a-f]{40,64}$/.test(comparison.base) ? `commit ${commit}` : `${comparison.base} at ${commit}`;
  }
  return `everything but ${added.length === 1 ? (added[0]?.path ?? '') : `${added.length} named migrations`}`;
}

function toStatement(statement: StatementObservation, estimate: StatementEstimate | null): StatementReview {
  const { sql, line, endLine, heldAtStart, locks, rewrites, scans, indexesBuilt, durationMs } = statement;
  const { changedRows, differences } = statement;
  return {
    line,
    endLine,
    sql,
    heldAtStart,
    locks,
    rewrites,
    scans: scans.map(({ relation }) => relation),
    indexesBuilt: indexesBuilt.map(({ index }) => index),
    changedRows: changedRows.map(({ relation, inserted, updated, deleted }) => ({
      relation,
      inserted,
      updated,
      deleted,
    })),
    differences: differences.map(catalogueDifference),
    durationMs: Math.round(durationMs * 100) / 100,
    estimate: statementEstimate(estimate),
    error: errorOf(statement),
  };
}

function errorOf({ outcome }: StatementObservation): { sqlstate: string | null; message: string } | null {
  switch (outcome.kind) {
    case 'done':
      return null;
    case 'failed':
      return { sqlstate: outcome.error.sqlstate, message: outcome.error.message };
    case 'stopped':
      return { sqlstate: null, message: `stopped after ${outcome.limitMs / 1000} s` };
    default:
      return outcome satisfies never;
  }
}

/**
 * What each query was checked for, by fingerprint: core rules always, others where they found something. What is
 * suppressed is no check of it, and lowers no score.
 */
function checksByQuery(judgements: readonly Judgement[]): ReadonlyMap<string, readonly Check[]> {
  const checks = new Map<string, Check[]>();
  for (const { rule, finding, suppression } of judgements) {
    if (suppression !== null) continue;
    const [fingerprint] = finding.identity;
    if (finding.subject.kind !== 'query' || fingerprint === undefined) continue;
    if (!rule.core && finding.severity === 'healthy') continue;
    checks.set(fingerprint, [
      ...(checks.get(fingerprint) ?? []),
      {
        rule: rule.id,
        severity: finding.severity,
        figure: figureOf(rule.id, finding.evidence.facts),
      },
    ]);
  }
  return checks;
}

function reviewedQuery(
  query: Query,
  findings: Findings,
  captured: number,
  checks: readonly Check[],
): ReviewedQuery {
  const plans = plansOf(findings, query.fingerprint);
  const { base, head } = plans;
  const [origin] = query.origins;
  return {
    fingerprint: query.fingerprint,
    name: query.name,
    sql: query.sql,
    replaces: findings.earlier.replaced.get(query.fingerprint)?.sql ?? null,
    calls: query.calls,
    time: timeOf(query, captured, findings.loads),
    ...seenOf(query),
    origin: origin ?? unknownOrigin,
    origins: query.origins,
    originsLeftOut: query.originsLeftOut,
    parameters: head?.parameters ?? base?.parameters ?? 'none',
    variants: variantsOf(base, head),
    score: scoreOf(checks.map(({ severity }) => severity)),
    base: base === undefined ? null : summaryOf(base.measures),
    head: head === undefined ? null : summaryOf(head.measures),
    difference: differenceOf(plans, findings.migrations),
    checks,
  };
}

/** Those of head, or of the base where head has no plan. */
function variantsOf(base: PlanFacts | undefined, head: PlanFacts | undefined): ReviewedQuery['variants'] {
  return ((head ?? base)?.variants ?? []).map((variant) => ({
    parameters: variant.parameters,
    values: readableValues(variant),
    base: costWith(base, variant),
    head: costWith(head, variant),
  }));
}

function costWith(planned: PlanFacts | undefined, variant: PlanFacts['variants'][number]): number | null {
  return planned === undefined ? null : (alike(planned, variant)?.measures.cost ?? null);
}

/** At base, what the query took the place of. */
function plansOf({ basePlans, headPlans, earlier: { replaced } }: Findings, fingerprint: string) {
  const earlier = replaced.get(fingerprint)?.fingerprint ?? fingerprint;
  return { base: basePlans.get(earlier), head: headPlans.get(fingerprint) };
}

/** Mean score of the plans at head, weighted by calls. */
function meanScore(queries: readonly ReviewedQuery[]): number {
  const planned = queries.filter(({ head }) => head !== null);
  const calls = planned.reduce((sum, query) => sum + query.calls, 0);
  if (calls === 0) return 100;
  return Math.round((planned.reduce((sum, { score, calls }) => sum + score * calls, 0) / calls) * 10) / 10;
}
