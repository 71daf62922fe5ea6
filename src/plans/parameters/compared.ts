import type { PlanNode, PlanRelation } from '../../model/plan.ts';
import { type EqualParameter, equalParameters } from '../../sql/compared-parameters.ts';

/** A parameter and the column of a table that it is compared with for equality. */
export interface ComparedParameter extends Omit<EqualParameter, 'alias'> {
  readonly relation: PlanRelation;
}

/**
 * Which columns the parameters of a query are compared with. Its generic plan is asked: there PostgreSQL has told
 * all names apart, and put queries in the place of views.
 *
 * @param plan one whose parameters are still parameters
 */
export function comparedParameters(plan: PlanNode): readonly ComparedParameter[] {
  const nodes = allNodes(plan);
  const relations = new Map(
    nodes.flatMap(({ operation }) =>
      operation.kind === 'scan' ? [[operation.relation.alias, operation.relation] as const] : [],
    ),
  );
  const computed = new Set(nodes.flatMap(({ subplan }) => computedNumbers(subplan)));
  const compared = nodes
    .flatMap(conditionsOf)
    .flatMap(equalParameters)
    .flatMap(({ alias, ...parameter }): readonly ComparedParameter[] => {
      const relation = relations.get(alias);
      return relation === undefined || computed.has(parameter.number) ? [] : [{ ...parameter, relation }];
    });
  // A recheck repeats the condition of its index; what several tables are compared with is that of the first.
  return [...new Map(compared.toReversed().map((each) => [each.number, each])).values()];
}

function allNodes(node: PlanNode): readonly PlanNode[] {
  return [node, ...node.children.flatMap(allNodes)];
}

function conditionsOf({ operation }: PlanNode): readonly string[] {
  const condition = 'condition' in operation ? operation.condition : null;
  const filter = 'filter' in operation ? operation.filter : null;
  return [condition, filter].filter((each) => each !== null);
}

/** `InitPlan 1 (returns $0,$1)`: up to version 16, results of other parts of the plan look like parameters. */
function computedNumbers(subplan: string | null): readonly number[] {
  const [, returned = ''] = /\(returns (.*)\)/.exec(subplan ?? '') ?? [];
  return [...returned.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number));
}
