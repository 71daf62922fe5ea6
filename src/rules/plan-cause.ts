import type { Evidence, InsightLocation } from '../model/insight.ts';
import { causeOf } from '../plans/difference/cause.ts';
import { comparePlans, type PlanComparison } from '../plans/difference/comparison.ts';
import type { Facts } from './facts.ts';
import type { PlanChangeFacts, StatementFacts } from './facts-source.ts';
import { queryLocation } from './on-plan.ts';

/** Longest text of a statement in a sentence, in characters. */
const longestStatement = 100;

/** Why a query's plan is another one at head. */
export interface ExplainedChange {
  readonly comparison: PlanComparison;
  /** The statement that brought it about, as far as that can be told. */
  readonly cause: StatementFacts | null;
  /** The same as facts of an evidence: `file:line`, and its text cut short. */
  readonly facts: Evidence['facts'];
  /** Where the query is sent from if that is new with the change, else where the cause stands. */
  readonly location: InsightLocation | null;
}

/** Compares a query's plans and finds what in the change is behind it. */
export function explainChange(facts: Facts, change: PlanChangeFacts): ExplainedChange {
  const comparison = comparePlans(change.base.measures, change.head.measures);
  const cause = causeOf(comparison, change.query.sql, facts.statements)?.by ?? null;
  const own = queryLocation(change.query);
  return {
    comparison,
    cause,
    facts: {
      cause: cause === null ? null : `${cause.file}:${cause.statement.line}`,
      causeSql: cause === null ? null : inShort(cause.statement.sql),
    },
    location: cause === null || (own !== null && isChanged(facts, own)) ? own : locationOf(cause),
  };
}

function locationOf({ file, statement: { line, endLine } }: StatementFacts): InsightLocation {
  return { file, line, endLine };
}

function isChanged({ change }: Facts, { file, line }: InsightLocation): boolean {
  const ranges = change?.change.changedLines.get(file) ?? [];
  return ranges.some(({ from, to }) => line >= from && line <= to);
}

function inShort(sql: string): string {
  const text = sql.replaceAll(/\s+/g, ' ').trim();
  return text.length > longestStatement ? `${text.slice(0, longestStatement - 1).toWellFormed()}…` : text;
}
