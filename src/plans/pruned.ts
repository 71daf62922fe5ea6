import type { ReviewedNode } from '../model/reviewed-plan.ts';

/**
 * A plan with at most so many nodes: of those that nothing marks, the subtrees that cost least are left out, and
 * counted where they were.
 */
export function pruned(root: ReviewedNode, most: number): ReviewedNode {
  const all = nodesOf(root);
  if (all.length <= most) return root;
  const costs = new Map<ReviewedNode, number>();
  weigh(root, costs);
  const taken = new Set<ReviewedNode>();
  // What is marked is the reason for looking; the way to it comes along. After that, what costs most.
  const wanted = [
    ...all.filter(({ mark }) => mark === 'cause'),
    ...all.toSorted((a, b) => (costs.get(b) ?? 0) - (costs.get(a) ?? 0)),
  ];
  const above = parentsOf(root);
  for (const node of wanted) {
    const path = pathTo(node, above).filter((each) => !taken.has(each));
    if (taken.size + path.length <= most) for (const each of path) taken.add(each);
  }
  taken.add(root);
  return without(root, taken);
}

/** Nodes of a plan, parents first. */
export function nodesOf(node: ReviewedNode): readonly ReviewedNode[] {
  return [node, ...node.children.flatMap(nodesOf)];
}

/** Cost of a node with all below it, over all their executions. */
export function wholeCost(node: ReviewedNode): number {
  return nodesOf(node).reduce(
    (sum, { exclusiveCost, leftOut }) => sum + exclusiveCost + (leftOut?.cost ?? 0),
    0,
  );
}

/** The nodes from the root down along which most of the cost is spent. */
export function costlyPath(root: ReviewedNode): ReadonlySet<ReviewedNode> {
  const path = new Set([root]);
  for (let node = root; ; ) {
    const [most] = node.children.toSorted((a, b) => wholeCost(b) - wholeCost(a));
    // Where a node itself costs more than all below it, the path has arrived.
    if (most === undefined || wholeCost(most) < node.exclusiveCost) return path;
    path.add(most);
    node = most;
  }
}

function weigh(node: ReviewedNode, costs: Map<ReviewedNode, number>): number {
  const below = node.children.reduce((sum, child) => sum + weigh(child, costs), 0);
  const cost = node.exclusiveCost + (node.leftOut?.cost ?? 0) + below;
  costs.set(node, cost);
  return cost;
}

type Parents = ReadonlyMap<ReviewedNode, ReviewedNode>;

function parentsOf(root: ReviewedNode): Parents {
  return new Map(nodesOf(root).flatMap((node) => node.children.map((child) => [child, node] as const)));
}

function pathTo(node: ReviewedNode, parents: Parents): readonly ReviewedNode[] {
  const parent = parents.get(node);
  return parent === undefined ? [node] : [...pathTo(parent, parents), node];
}

function without(node: ReviewedNode, taken: ReadonlySet<ReviewedNode>): ReviewedNode {
  const dropped = node.children.filter((child) => !taken.has(child));
  const count = (sum: number, child: ReviewedNode) =>
    sum + nodesOf(child).reduce((all, { leftOut }) => all + 1 + (leftOut?.nodes ?? 0), 0);
  const nodes = dropped.reduce(count, node.leftOut?.nodes ?? 0);
  const cost = dropped.reduce((sum, child) => sum + wholeCost(child), node.leftOut?.cost ?? 0);
  return {
    ...node,
    children: node.children.filter((child) => taken.has(child)).map((child) => without(child, taken)),
    leftOut: nodes === 0 ? null : { nodes, cost: Math.round(cost * 100) / 100 },
  };
}
