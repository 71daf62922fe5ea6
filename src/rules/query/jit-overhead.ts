import type { PlanNode } from '../../model/plan.ts';
import type { PlanFacts } from '../facts-source.ts';
import { onPlan } from '../on-plan.ts';
import { conditionsOf, subtree } from '../plan-nodes.ts';
import { defineRule } from '../rule.ts';

/** Costs from which a plan is compiled, and compiled with optimisation and inlining (jit_above_cost and others). */
const compiledFrom = 100_000;
const optimisedFrom = 500_000;

/**
 * Milliseconds for one function. The documentation's example ("When to JIT?") takes 7.1 for three without optimisation;
 * with it, and with inlining, four times as long is what people report at least.
 */
const perFunction = { plain: 2.4, optimised: 10 };

/** Milliseconds for a cost of 1: a page of 8 kB read in sequence at 800 MB/s, or a hundred rows from memory. */
const perCost = 0.01;

export default defineRule({
  id: 'query/jit-overhead',
  title: 'Compiling a query takes a good part of its time',
  message:
    'costs {cost:count}, more than {from:count}, so that about {functions:count} functions are compiled at each execution: some {milliseconds:count} ms, {share:percent} of the whole',
  triggeredWhen:
    'the cost of a plan makes PostgreSQL compile it just in time (`jit` is on by default up to 18), and it consists of so many expressions that compiling is expected to take a good part of the time. An estimate: plans are not run for it',
  impact:
    'each execution compiles anew, and so does each parallel worker; a query on many partitions, or one whose cost is overestimated, can take longer to compile than to run',
  remediation: [
    {
      kind: 'advice',
      title: 'Compile less',
      text: 'Make the plan smaller (partitions that are pruned, fewer expressions), or set `jit = off` for short queries: for the role of the application, or `SET LOCAL jit = off` in the transaction.',
    },
  ],
  core: false,
  *check(facts) {
    for (const plan of facts.plans) {
      const { cost } = plan.measures;
      if (cost < compiledFrom) continue;
      const functions = plan.jitFunctions ?? functionsIn(plan);
      const isOptimised = cost >= optimisedFrom;
      const milliseconds = functions * (isOptimised ? perFunction.optimised : perFunction.plain);
      const share = milliseconds / (milliseconds + cost * perCost);
      yield onPlan(facts, plan, facts.severity('query/jit-overhead', share), {
        cost,
        from: isOptimised ? optimisedFrom : compiledFrom,
        functions,
        milliseconds,
        share,
      });
    }
  },
});

function functionsIn({ plan }: PlanFacts): number {
  return subtree(plan).reduce((sum, node) => sum + functionsOf(node), 0);
}

/**
 * Functions of one node, roughly: its conditions, its output where it computes one, and taking apart the rows that it reads
 * from a table or a hash (ExecInitNode, llvm_compile_expr).
 */
function functionsOf(node: PlanNode): number {
  const { operation, output } = node;
  const conditions = conditionsOf(node).length;
  const computes = output.some((expression) => !/^[\w."$]+$/.test(expression)) ? 1 : 0;
  switch (operation.kind) {
    case 'scan':
      return conditions + computes + 1;
    case 'join':
      return conditions + computes + (operation.method === 'hash' ? 2 : 0) + 1;
    case 'aggregate':
      return conditions + computes + 2;
    default:
      return conditions + computes;
  }
}
