import type { HelpedQuery, IndexAdvice } from '../../model/advice.ts';
import type { Facts } from '../facts.ts';
import type { PlanFacts } from '../facts-source.ts';
import { onPlan, queryName } from '../on-plan.ts';
import { defineRule, type Finding } from '../rule.ts';

/** How much dearer a query has to be than at base for the change to have brought that about. */
const grown = 1.25;
/** How many queries are listed by name. */
const named = 3;

export default defineRule({
  id: 'query/missing-index',
  title: 'An index would make a query much cheaper',
  message:
    'costs {before:count}, and {after:count} with an index on {keys:code} of {table:code}: {share:percent} and {saved:count} less. It {helped}, takes {bytes:bytes} and {low..high:seconds} to build, and {writes}[[; it makes {replaces:code} superfluous]]',
  triggeredWhen:
    'the planner, given an index that is not there, saves half of the cost and 100 at least, or a fifth and 1,000, or a twentieth and 10,000; all captured queries together save more than writes lose; and no smaller index or set of indexes serves them as well',
  impact: 'the query reads and throws away, or sorts, what the index would leave alone, more with every row',
  remediation: [
    {
      kind: 'sql',
      title: 'Then drop what it makes superfluous',
      text: 'DROP INDEX CONCURRENTLY {replaces};',
      needs: 'replaces',
    },
  ],
  core: false,
  *check(facts) {
    for (const advice of facts.advice.missing) yield* findingAbout(facts, advice);
  },
});

function* findingAbout(facts: Facts, advice: IndexAdvice): Generator<Finding> {
  const plans = advice.helps.flatMap((help) => {
    const plan = facts.plans.find(({ query }) => query.fingerprint === help.fingerprint);
    return plan === undefined ? [] : [{ help, plan }];
  });
  // What the change brings about is told of a query that it did that to.
  const told = plans.find(({ plan }) => facts.change !== null && isDearer(facts, plan)) ?? plans[0];
  if (told === undefined) return;
  const { before, after } = told.help;
  const { table, keys, bytes, seconds, replaces, sql } = advice;
  const saved = before - after;
  const severity = facts.severity('query/missing-index', saved);
  const finding = onPlan(facts, told.plan, severity, {
    table,
    index: advice.name,
    keys: keys.join(', '),
    before,
    after,
    saved,
    share: saved / before,
    helped: helpedInWords(plans),
    bytes,
    low: seconds.low,
    high: seconds.high,
    writes: writesInWords(advice),
    replaces: replaces.length === 0 ? null : replaces.join(', '),
    definition: sql,
  });
  yield { ...finding, identity: [...finding.identity, table, keys.join(', ')] };
}

/** Whether a query costs notably more than at base, or could not be planned there. */
function isDearer({ planChanges }: Facts, { query, measures }: PlanFacts): boolean {
  const change = planChanges.find((each) => each.query.fingerprint === query.fingerprint);
  return change === undefined || measures.cost > change.base.measures.cost * grown;
}

function helpedInWords(plans: readonly { readonly help: HelpedQuery; readonly plan: PlanFacts }[]): string {
  if (plans.length === 1) return 'helps this query alone';
  const names = plans.slice(0, named).map(({ plan }) => queryName(plan.query));
  return `helps ${plans.length} queries (${names.join(', ')}${plans.length > named ? ' ...' : ''})`;
}

function writesInWords({ writes: { calls, perCall } }: IndexAdvice): string {
  const cost = perCall.toFixed(1);
  if (calls === 0) return `adds about ${cost} to the cost of each row written, which no captured query does`;
  return `adds about ${cost} to the cost of each of ${calls} captured writes`;
}
