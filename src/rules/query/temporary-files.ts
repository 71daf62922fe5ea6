import type { ExecutedNode, NodeMeasure } from '../../model/plan.ts';
import type { Facts } from '../facts.ts';
import type { PlanFacts } from '../facts-source.ts';
import { onPlan } from '../on-plan.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'query/temporary-files',
  title: 'A query writes temporary files',
  message: '{node:code} needs {bytes:bytes} and may use {memory:bytes}: the rest goes to disk',
  triggeredWhen:
    'a sort, a hash join or an aggregate expects more data than fits in work_mem, or was seen to write it with `--execute`',
  impact: 'the data is written to disk and read back, at every call',
  remediation: [
    {
      kind: 'advice',
      title: 'Sort or hash less',
      text: 'Filter earlier, select fewer columns, let an index deliver the order, or raise work_mem for this query with SET LOCAL.',
    },
  ],
  core: true,
  *check(facts) {
    for (const plan of facts.plans) {
      const spills = plan.measures.nodes.flatMap((measured) => spillOf(facts, measured, plan.measures.nodes));
      const [worst] = spills.toSorted((a, b) => b.bytes - a.bytes);
      const seen = seenSpill(facts, plan);
      if (seen !== null && seen.bytes >= (worst?.bytes ?? 0)) {
        const severity = facts.severity('query/temporary-files', seen.bytes - seen.memory);
        yield { ...onPlan(facts, plan, severity, { ...seen }), confidence: 'observed' };
        continue;
      }
      yield worst === undefined
        ? onPlan(facts, plan, 'healthy', {})
        : onPlan(facts, plan, facts.severity('query/temporary-files', worst.bytes - worst.memory), {
            ...worst,
          });
    }
  },
});

/** What was written to temporary files where the query was executed. */
function seenSpill(facts: Facts, { query }: PlanFacts): Spill | null {
  const executed = facts.executed.find((each) => each.query.fingerprint === query.fingerprint);
  const nodes = executed === undefined ? [] : nodesOf(executed.plan.root);
  const [worst] = nodes.toSorted((a, b) => b.temporaryBytes - a.temporaryBytes);
  if (worst === undefined || worst.temporaryBytes === 0) return null;
  const memory = worst.node.operation.kind === 'sort' ? facts.workMemory : facts.hashMemory;
  return { node: worst.node.type, bytes: memory + worst.temporaryBytes, memory };
}

function nodesOf(node: ExecutedNode): readonly ExecutedNode[] {
  return [node, ...node.children.flatMap(nodesOf)];
}

interface Spill {
  readonly node: string;
  readonly bytes: number;
  readonly memory: number;
}

/** Bytes that the planner adds to each row in memory: an aligned tuple header (relation_byte_size in costsize.c). */
const tupleHeader = 24;

function spillOf(facts: Facts, { node }: NodeMeasure, all: readonly NodeMeasure[]): readonly Spill[] {
  const input = node.children[0];
  if (input === undefined) return [];
  const bytes = input.rows * (Math.ceil(input.width / 8) * 8 + tupleHeader);
  const spill = (memory: number) => (bytes > memory ? [{ node: node.type, bytes, memory }] : []);
  switch (node.operation.kind) {
    case 'sort': {
      // Under a LIMIT only the best rows are kept; a presorted input is sorted in small groups.
      const isBounded = all.some((each) => each.node.operation.kind === 'limit' && reaches(each.node, node));
      return isBounded || node.operation.presorted.length > 0 ? [] : spill(facts.workMemory);
    }
    case 'hash':
      return spill(facts.hashMemory);
    case 'aggregate':
      return node.operation.plannedPartitions > 0 ? spill(facts.hashMemory) : [];
    default:
      return [];
  }
}

/** Whether a LIMIT bounds a sort: with nothing between them but the gathering of parallel workers. */
function reaches(limit: NodeMeasure['node'], sort: NodeMeasure['node']): boolean {
  return limit.children.some(
    (child) => child === sort || (child.operation.kind === 'gather' && reaches(child, sort)),
  );
}
