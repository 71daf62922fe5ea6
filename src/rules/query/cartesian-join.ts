import type { PlanNode } from '../../model/plan.ts';
import type { QueryBlock } from '../../sql/blocks.ts';
import { unqualified } from '../../sql/identifier.ts';
import type { Facts } from '../facts.ts';
import type { PlanFacts } from '../facts-source.ts';
import { resolve } from '../fan-out.ts';
import { tableOf } from '../joined-tables.ts';
import { onPlan } from '../on-plan.ts';
import { aliasesScanned, innerOf, measureOf, outerOf } from '../plan-nodes.ts';
import { textOf } from '../query-text.ts';
import { defineRule } from '../rule.ts';
import { lighter } from '../severity.ts';

export default defineRule({
  id: 'query/cartesian-join',
  title: 'A join has no condition',
  message:
    'joins {left:code} ({leftRows:count} rows) with {right:code} ({rightRows:count} rows) without a condition: {rows:count} rows',
  triggeredWhen:
    'no condition of the text relates two tables, and the plan multiplies several rows of each; a CROSS JOIN that is written out is one step lighter',
  impact:
    'every row of the one is repeated for every row of the other, mostly to be thrown away by a DISTINCT',
  remediation: [
    {
      kind: 'advice',
      title: 'Say how they belong together',
      text: 'Write the join with its condition: `{left} JOIN {right} ON ...`. Where the product is meant, write CROSS JOIN.',
    },
  ],
  core: false,
  *check(facts) {
    for (const plan of facts.plans) {
      const found = (textOf(plan.query)?.blocks ?? []).flatMap((block) => products(facts, plan, block));
      const [worst] = found.toSorted((a, b) => b.rows - a.rows);
      if (worst === undefined) continue;
      const { isWritten, ...figures } = worst;
      const severity = facts.severity('query/cartesian-join', worst.rows);
      yield onPlan(facts, plan, isWritten ? lighter(severity) : severity, figures);
    }
  },
});

interface Product {
  readonly left: string;
  readonly leftRows: number;
  readonly right: string;
  readonly rightRows: number;
  readonly rows: number;
  /** Whether somebody asks for it by name. */
  readonly isWritten: boolean;
}

function products(facts: Facts, plan: PlanFacts, block: QueryBlock): readonly Product[] {
  const parts = unrelatedParts(facts, plan, block);
  if (parts.length < 2) return [];
  return plan.measures.nodes.flatMap(({ node }): readonly Product[] => {
    const [outer, inner] = [outerOf(node), innerOf(node)];
    if (!isProduct(node) || outer === null || inner === null) return [];
    const left = aliasIn(outer, parts);
    const right = aliasIn(
      inner,
      parts.filter((part) => left === null || !part.includes(left)),
    );
    if (left === null || right === null || Math.min(outer.rows, inner.rows) < 2) return [];
    return [
      {
        left: nameOf(facts, plan, block, left),
        leftRows: outer.rows,
        right: nameOf(facts, plan, block, right),
        rightRows: inner.rows,
        rows: Math.round(measureOf(plan, node).rowsReturned),
        isWritten: block.crossJoined.includes(right) || block.crossJoined.includes(left),
      },
    ];
  });
}

/** A source as FROM names it: `orders o`. */
function nameOf(facts: Facts, plan: PlanFacts, block: QueryBlock, alias: string): string {
  const source = block.sources.find((each) => each.alias === alias);
  const table = source === undefined ? null : tableOf(facts, plan, source);
  const name = table === null ? alias : unqualified(table.name);
  return name === alias ? alias : `${name} ${alias}`;
}

function isProduct({ operation }: PlanNode): boolean {
  return operation.kind === 'join' && operation.condition === null && operation.filter === null;
}

function aliasIn(node: PlanNode, parts: readonly (readonly string[])[]): string | null {
  const scanned = aliasesScanned(node);
  return parts.flat().find((alias) => scanned.has(alias)) ?? null;
}

/** Tables of a block by what conditions relate: several parts where nothing relates them. */
function unrelatedParts(facts: Facts, plan: PlanFacts, block: QueryBlock): readonly (readonly string[])[] {
  const nodes = block.sources.map((source) => ({ source, table: tableOf(facts, plan, source) }));
  if (block.natural || nodes.length < 2) return [];
  const conditions = block.conditions.map((columns) =>
    columns.map((column) => resolve(column, nodes)?.qualifier ?? column.qualifier),
  );
  // A column of which it is not known whose it is may relate any two.
  if (conditions.some((aliases) => aliases.includes(null))) return [];
  const equal = block.equalities.map(({ left, right }) => [
    left.qualifier,
    right?.qualifier ?? left.qualifier,
  ]);
  const lateral = nodes.flatMap(({ source }, index) =>
    source.lateral ? [nodes.slice(0, index + 1).map((each) => each.source.alias)] : [],
  );
  const related = [...conditions, ...equal, ...lateral];
  const parts = related.reduce<readonly (readonly string[])[]>(
    (all, aliases) => {
      const touched = all.filter((part) => part.some((alias) => aliases.includes(alias)));
      return touched.length < 2 ? all : [...all.filter((part) => !touched.includes(part)), touched.flat()];
    },
    nodes.map(({ source }) => [source.alias]),
  );
  const tables = new Set(nodes.flatMap(({ source, table }) => (table === null ? [] : [source.alias])));
  return parts.filter((part) => part.some((alias) => tables.has(alias)));
}
