import { callsPerSecondOf } from '../../estimates/frequency.ts';
import type { PlacedStatement } from '../../migrations/transactions.ts';
import type { Range } from '../../model/estimate.ts';
import type { Severity } from '../../model/insight.ts';
import type { PostgresError } from '../../model/server.ts';
import type { Facts } from '../facts.ts';
import type { PlanChangeFacts } from '../facts-source.ts';
import { endOf, placeOf, secondsBetween } from '../in-between.ts';
import { queryName } from '../on-plan.ts';
import { onStatement } from '../on-statement.ts';
import { defineRule, type Finding } from '../rule.ts';

export default defineRule({
  id: 'migration/query-fails-in-between',
  title: 'Queries fail in the middle of the deploy',
  message:
    'makes {query:code}[[ and {others:count} more]] fail until {until:code} has run, for {low..high:seconds}: {reason}[[; at {callsPerSecond:count} calls a second, {failuresLow:count} to {failuresHigh:count} requests fail]]',
  triggeredWhen:
    'a captured query can be planned at base and at head, and PostgreSQL refuses it after a transaction of the change that a later one puts right',
  impact:
    'whichever version of the application runs meanwhile sends the query, and it fails; if the deploy stops there, it stays so',
  remediation: [
    {
      kind: 'advice',
      title: 'Do both in one transaction, or put the new in place first',
      text: 'Nobody sees what is halfway in a transaction: put the statement and what follows at {until} into one. Where that takes too long, or cannot run in a transaction, put in place first what is to serve the queries, and take away the old after it.',
    },
  ],
  core: false,
  *check(facts) {
    for (const [index, { queries, refused }] of facts.steps.entries()) {
      const failing = facts.planChanges.flatMap(({ query }): readonly Failing[] => {
        const { fingerprint } = query;
        const [error, between] = [refused.get(fingerprint), queries.get(fingerprint)];
        if (error === undefined || between === undefined || failedBefore(facts, index, fingerprint))
          return [];
        const until = endOf(facts, index, fingerprint, (step) => step.plans.has(fingerprint));
        const seconds = secondsBetween(facts, between.by, until);
        return [{ query, error, by: between.by, until, seconds, callsPerSecond: frequencyOf(facts, query) }];
      });
      for (const together of Map.groupBy(failing, ({ by }) => by).values()) {
        const [worst] = together.toSorted(
          (a, b) => failuresOf(b) - failuresOf(a) || b.query.calls - a.query.calls,
        );
        if (worst !== undefined) yield onOpening(facts, worst, together);
      }
    }
  },
});

/** A query that fails from one statement of the change to another. */
interface Failing extends Pick<PlanChangeFacts, 'query'> {
  readonly error: PostgresError;
  readonly by: PlacedStatement;
  readonly until: PlacedStatement;
  readonly seconds: Range;
  readonly callsPerSecond: number | null;
}

/** Whether it failed at the last step that it was planned at; then it is told there. */
function failedBefore(facts: Facts, index: number, fingerprint: string): boolean {
  const before = facts.steps.slice(0, index).findLast(({ queries }) => queries.has(fingerprint));
  return before?.refused.has(fingerprint) ?? false;
}

function frequencyOf(facts: Facts, query: Failing['query']): number | null {
  const deploy = facts.change?.deploy;
  return deploy === undefined ? null : callsPerSecondOf(query, deploy);
}

/** Executions that fail at most; none where it is not known how often it is asked. */
function failuresOf({ callsPerSecond, seconds }: Failing): number {
  return (callsPerSecond ?? 0) * seconds.high;
}

function onOpening(facts: Facts, worst: Failing, all: readonly Failing[]): Finding {
  const { query, error, by, until, seconds } = worst;
  const { sqlstate, message, detail, hint } = error;
  const known = all.filter(({ callsPerSecond }) => callsPerSecond !== null);
  const sum = (of: (each: Failing) => number) => known.reduce((total, each) => total + of(each), 0);
  const figures = {
    callsPerSecond: sum(({ callsPerSecond }) => callsPerSecond ?? 0),
    failuresLow: Math.floor(sum(({ callsPerSecond, seconds: { low } }) => (callsPerSecond ?? 0) * low)),
    failuresHigh: Math.ceil(sum(failuresOf)),
  };
  const unknown = { callsPerSecond: null, failuresLow: null, failuresHigh: null };
  return onStatement(
    by,
    severityOf(facts, seconds, known.length === 0 ? null : figures.failuresHigh),
    {
      query: queryName(query),
      fingerprint: query.fingerprint,
      reason: message,
      sqlstate,
      until: placeOf(until),
      untilSql: until.statement.sql,
      ...seconds,
      others: all.length === 1 ? null : all.length - 1,
      ...(known.length === 0 ? unknown : figures),
    },
    {
      error: { sqlstate, message, detail, hint },
      queries: all.map((each) => each.query.fingerprint),
      about: [query.fingerprint],
    },
  );
}

/** By the requests that fail at most; where it is not known how many there are, by the time that it lasts. */
function severityOf(facts: Facts, { high }: Range, failures: number | null): Severity {
  if (failures !== null) return facts.severity('migration/query-fails-in-between', failures);
  return high >= 1 ? 'high' : 'medium';
}
