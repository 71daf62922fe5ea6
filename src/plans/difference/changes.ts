import type { NodeMeasure, WorkChange, WorkChangeKind } from '../../model/plan.ts';
import { indexesOf } from '../compare.ts';
import { costliest, costOf, type Work } from './work.ts';

/** How many times as many rows a planner must expect, and how many more, to be worth a word. */
const grownRows = { ratio: 2, least: 1_000 };
/** How much wider rows must be, in bytes and as a ratio. */
const grownWidth = { ratio: 1.5, least: 16 };
/** From what on the same work done in the same way has become more expensive. */
const grownCost = { ratio: 1.2, least: 10 };

/** What is done otherwise about one piece of work that either plan may lack. */
export function changesOfWork(before: Work | undefined, after: Work | undefined): readonly WorkChange[] {
  if (before === undefined) return after === undefined ? [] : appearance(after, 'after');
  if (after === undefined) return appearance(before, 'before');
  const changes = changesOfBoth(before, after);
  if (changes.length > 0 || after.kind !== 'scan') return changes;
  const costs = [costOf(before), costOf(after)] as const;
  return hasGrown(costs, grownCost) ? [change('cost', after, ...figures(costs))] : [];
}

function changesOfBoth(before: Work, after: Work): readonly WorkChange[] {
  switch (after.kind) {
    case 'scan':
      return [
        ...changesOfAccess(before, after),
        ...changesOfFilter(before, after),
        ...differingCount('partitions', before, after),
        // Read otherwise, rows are mostly handed on at another point of the plan.
        ...(accesses(before) === accesses(after) ? changesOfRows(before, after) : []),
        ...changesOfWidth(before, after),
      ];
    case 'join':
      return [
        ...differing('join method', before, after, joinMethod),
        ...differing('uniqueness', before, after, uniqueness),
        ...changesOfRows(before, after),
      ];
    case 'sort':
      return differing('sort', before, after, types);
    case 'aggregate':
      return differing('aggregate', before, after, strategies);
    case 'gather':
      return differing('parallelism', before, after, workers);
    case 'other':
      return [];
    default:
      return after.kind satisfies never;
  }
}

/** Work that only one of the plans has. */
function appearance(work: Work, side: 'before' | 'after'): readonly WorkChange[] {
  const only = (kind: WorkChangeKind, text: string | null) =>
    text === null ? [] : [side === 'after' ? change(kind, work, null, text) : change(kind, work, text, null)];
  switch (work.kind) {
    case 'scan':
      return only('relation', accesses(work));
    case 'join':
      // That others are no longer joined first goes without saying.
      return side === 'after' ? only('join order', joinMethod(work)) : [];
    case 'sort':
      return only('sort', work.key.replace(/^sort /, ''));
    case 'aggregate':
      return only('aggregate', strategies(work));
    case 'gather':
      return only('parallelism', workers(work));
    case 'other':
      return [];
    default:
      return work.kind satisfies never;
  }
}

function changesOfAccess(before: Work, after: Work): readonly WorkChange[] {
  const isSameMethod = methods(before) === methods(after);
  if (!isSameMethod) return [change('access', after, accesses(before), accesses(after))];
  // Each partition has an index of its own.
  const isSameCount = before.nodes.length === after.nodes.length;
  const byIndex = isSameCount ? differing('index', before, after, indexes) : [];
  return byIndex.length > 0 ? byIndex : differing('condition', before, after, conditions);
}

/** What rows are chosen by, whether or not an index answers it. */
function changesOfFilter(before: Work, after: Work): readonly WorkChange[] {
  const [earlier, now] = [comparisons(before), comparisons(after)];
  const gone = [...earlier].filter((each) => !now.has(each));
  const added = [...now].filter((each) => !earlier.has(each));
  if (gone.length + added.length === 0) return [];
  return [change('filter', after, gone.join(' AND ') || null, added.join(' AND ') || null)];
}

function changesOfRows(before: Work, after: Work): readonly WorkChange[] {
  const rows = ({ nodes }: Work) => {
    const top = nodes.filter(({ node }) => node.operation.kind === (after.kind === 'join' ? 'join' : 'scan'));
    return Math.round(top.reduce((sum, { rowsReturned }) => sum + rowsReturned, 0));
  };
  const counts = [rows(before), rows(after)] as const;
  return hasGrown(counts, grownRows) ? [change('rows', after, ...figures(counts))] : [];
}

function changesOfWidth(before: Work, after: Work): readonly WorkChange[] {
  const width = ({ nodes }: Work) => Math.max(0, ...nodes.map(({ node }) => node.width));
  const widths = [width(before), width(after)] as const;
  return hasGrown(widths, grownWidth) ? [change('width', after, ...figures(widths))] : [];
}

function hasGrown(
  [before, after]: readonly [number, number],
  { ratio, least }: { readonly ratio: number; readonly least: number },
): boolean {
  return after >= before * ratio && after - before >= least;
}

function figures([before, after]: readonly [number, number]): readonly [string, string] {
  return [String(Math.round(before)), String(Math.round(after))];
}

function differing(
  kind: WorkChangeKind,
  before: Work,
  after: Work,
  aspect: (work: Work) => string | null,
): readonly WorkChange[] {
  const [earlier, now] = [aspect(before), aspect(after)];
  return earlier === now ? [] : [change(kind, after, earlier, now)];
}

function differingCount(kind: WorkChangeKind, before: Work, after: Work): readonly WorkChange[] {
  const scans = ({ nodes }: Work) => nodes.filter(({ node }) => node.operation.kind === 'scan').length;
  const counts = [scans(before), scans(after)] as const;
  return counts[0] === counts[1] ? [] : [change(kind, after, ...figures(counts))];
}

function change(kind: WorkChangeKind, work: Work, before: string | null, after: string | null): WorkChange {
  return { kind, on: work.tables.join(', '), before, after };
}

type Aspect = (measure: NodeMeasure) => string | null;

/** What the nodes of a work say, each once and in order: partitions mostly agree. */
function distinct({ nodes }: Work, aspect: Aspect): string | null {
  const said = new Set(nodes.map(aspect).filter((text) => text !== null));
  return said.size === 0 ? null : [...said].toSorted().join(' and ');
}

function types(work: Work): string | null {
  return distinct(work, ({ node }) => node.type);
}

function methods(work: Work): string | null {
  return distinct(work, ({ node }) => (node.operation.kind === 'scan' ? node.type : null));
}

function indexes(work: Work): string | null {
  return distinct(work, ({ node }) => indexesOf(node).join(' and ') || null);
}

/** `Index Scan using orders_pkey`, as most of the work is done. */
function accesses(work: Work): string | null {
  const scans = { ...work, nodes: work.nodes.filter(({ node }) => node.operation.kind === 'scan') };
  const node = costliest(scans)?.node;
  if (node === undefined) return null;
  const using = indexesOf(node).join(' and ');
  return using === '' ? node.type : `${node.type} using ${using}`;
}

function conditions(work: Work): string | null {
  return distinct(work, ({ node: { operation } }) =>
    operation.kind === 'scan' ? operation.condition : null,
  );
}

/** The comparisons of conditions and filters that all have to hold, without the names under which tables are read. */
function comparisons({ nodes }: Work): ReadonlySet<string> {
  return new Set(
    nodes.flatMap(({ node: { operation } }) => {
      if (operation.kind !== 'scan') return [];
      const prefix = `${operation.relation.alias}.`;
      return [operation.condition, operation.filter]
        .flatMap((text) => (text === null ? [] : conjuncts(text)))
        .map((text) => text.replaceAll(prefix, ''))
        .filter((text) => !otherRelation.test(text));
    }),
  );
}

/** A column of another relation, by which rows are joined; not the qualified name of a function. */
const otherRelation = /(?<![\w.'"$])(?:\w+|"[^"]+")\.(?:[\w$]+|"[^"]+")(?![\w$(])/;

/** PostgreSQL prints every operand of AND between parentheses (get_rule_expr in ruleutils.c). */
function conjuncts(text: string): readonly string[] {
  const isConjunction = /^\(\(.*\) AND \(.*\)\)$/s.test(text);
  return isConjunction ? text.slice(1, -1).split(/(?<=\)) AND (?=\()/) : [text];
}

function joinMethod(work: Work): string | null {
  return distinct(work, ({ node }) => (node.operation.kind === 'join' ? node.type : null));
}

function uniqueness(work: Work): string | null {
  return distinct(work, ({ node: { operation } }) =>
    operation.kind === 'join' && operation.innerUnique ? 'at most one match' : null,
  );
}

function strategies(work: Work): string | null {
  return distinct(work, ({ node: { operation } }) =>
    operation.kind === 'aggregate' ? operation.strategy : null,
  );
}

function workers(work: Work): string | null {
  return distinct(work, ({ node: { operation } }) =>
    operation.kind === 'gather' ? `${operation.workers} workers` : null,
  );
}
