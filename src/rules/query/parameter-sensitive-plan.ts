import type { Severity } from '../../model/insight.ts';
import { describeNode } from '../../plans/compare.ts';
import { comparePlans } from '../../plans/difference/comparison.ts';
import type { PlannedVariant } from '../../plans/examine.ts';
import { describeValues } from '../../plans/parameters/describe.ts';
import { alike, realVariants, seenWith } from '../../plans/parameters/judge.ts';
import type { Facts } from '../facts.ts';
import type { PlanFacts } from '../facts-source.ts';
import { onPlan } from '../on-plan.ts';
import { defineRule } from '../rule.ts';
import { milder } from '../severity.ts';

/** How many times as much the worst values must cost: below, values differ as values do. */
const leastRatio = 10;

export default defineRule({
  id: 'query/parameter-sensitive-plan',
  title: 'A query is fine for some values and terrible for others',
  message:
    'costs {worst:count} with {worstValues}, and {best:count} with {bestValues}[[; the difference is {node:code}]][[, there {other:code}]][[; a prepared statement may come to run every value by one plan that is expected to cost {generic:count}]]',
  triggeredWhen:
    'with other values, captured ones or the most common and rare ones of the statistics, the same query costs ten times as much, and ten thousand more',
  impact:
    'tests with the good values show nothing; whoever asks for the bad ones waits, and one plan for all of them is wrong for some',
  remediation: [
    {
      kind: 'advice',
      title: 'Treat the common values apart',
      text: 'Give the rare values a partial index (`WHERE status <> ...` of the most common one), so that they are found at once; for the common ones, ask for fewer rows, by a further condition that an index serves or page by page, or keep what is asked of all rows in a summary. Two queries, one for each, are planned each for itself.',
    },
    {
      kind: 'advice',
      title: 'Keep the plan from being one for all values',
      text: "After five executions PostgreSQL may plan a prepared statement once for all values. `SET LOCAL plan_cache_mode = 'force_custom_plan'` in its transaction plans it for the values of each execution; so does a driver that does not prepare it by name.",
    },
  ],
  core: false,
  *check(facts) {
    const earlier = new Map(facts.planChanges.map(({ query, base }) => [query.fingerprint, base]));
    for (const plan of facts.plans) {
      const found = disagreement(plan);
      if (found === null) continue;
      const { worst, best, generic } = found;
      const severity = severityOf(facts, found, earlier.get(plan.query.fingerprint));
      if (severity === 'healthy') continue;
      const difference = comparePlans(best.measures, worst.measures).difference;
      yield onPlan(facts, seenWith(plan, worst), severity, {
        worst: worst.measures.cost,
        worstValues: describeValues(worst, best),
        best: best.measures.cost,
        bestValues: describeValues(best, worst),
        node: difference?.node ?? null,
        other: difference?.before === difference?.node ? null : (difference?.before ?? null),
        generic: generic?.measures.cost ?? null,
      });
    }
  },
});

/** Where the worst values cost no more than at base, it is not for the good ones to make it worse by getting better. */
function severityOf(facts: Facts, { worst, best }: Disagreement, earlier: PlanFacts | undefined): Severity {
  const severity = byCost(facts, worst, best);
  const before = earlier === undefined ? null : alike(earlier, worst);
  if (earlier === undefined || before === null || before.measures.cost < worst.measures.cost) return severity;
  const found = disagreement(earlier);
  return found === null ? 'healthy' : milder(severity, byCost(facts, found.worst, found.best));
}

function byCost(facts: Facts, worst: PlannedVariant, best: PlannedVariant): Severity {
  return facts.severity('query/parameter-sensitive-plan', worst.measures.cost - best.measures.cost);
}

interface Disagreement {
  readonly worst: PlannedVariant;
  readonly best: PlannedVariant;
  /** The plan for any values, where it is expected to cost less than that for the worst. */
  readonly generic: PlannedVariant | null;
}

/** Two variants that are apart by far; null where all are about as good. */
function disagreement({ variants }: PlanFacts): Disagreement | null {
  const real = realVariants(variants).toSorted((a, b) => b.measures.cost - a.measures.cost);
  const [worst, best] = [real[0], real.at(-1)];
  const generic = variants.find(({ parameters }) => parameters === 'generic') ?? null;
  if (worst === undefined || best === undefined) return null;
  const { cost } = worst.measures;
  const isApart = (other: PlannedVariant) => cost >= leastRatio * other.measures.cost;
  if (isApart(best)) return { worst, best, generic: generic !== null && isApart(generic) ? generic : null };
  // It is chosen where it is expected to cost less than those for the values (choose_custom_plan in plancache.c).
  return generic !== null && isApart(generic) && isOtherPlan(generic, worst)
    ? { worst, best: generic, generic: null }
    : null;
}

/** Whether two plans do the work in different ways, and not merely for more or fewer rows. */
function isOtherPlan(a: PlannedVariant, b: PlannedVariant): boolean {
  const ways = ({ measures }: PlannedVariant) => measures.nodes.map(({ node }) => describeNode(node)).join();
  return ways(a) !== ways(b);
}
