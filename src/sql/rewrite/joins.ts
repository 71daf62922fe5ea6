import type { Node } from '../grammar.ts';
import type { Source } from './sources.ts';

/** An item of FROM with the way that it is joined to those before it. */
export interface Join {
  readonly source: Source;
  /** `from` begins an item of the list. */
  readonly kind: 'from' | 'inner' | 'left';
  readonly condition: Node | undefined;
}

/**
 * FROM as a list, in its order. Null where joins are nested to the right, of other kinds, or by USING.
 *
 * @param sources the items of the same FROM
 */
export function joinsOf(from: readonly Node[], sources: readonly Source[]): readonly Join[] | null {
  const bySource = new Map(sources.map((source) => [source.node, source]));
  const lists = from.map((item) => joinsIn(item, bySource));
  return lists.includes(null) ? null : lists.flatMap((each) => each ?? []);
}

function joinsIn(item: Node, sources: ReadonlyMap<Node, Source>): readonly Join[] | null {
  const source = sources.get(item);
  if (source !== undefined) return [{ source, kind: 'from', condition: undefined }];
  if (!('JoinExpr' in item)) return null;
  const { jointype, larg, rarg, quals, usingClause, isNatural } = item.JoinExpr;
  const kind = jointype === 'JOIN_INNER' ? 'inner' : jointype === 'JOIN_LEFT' ? 'left' : null;
  const right = rarg === undefined ? undefined : sources.get(rarg);
  const left = larg === undefined ? null : joinsIn(larg, sources);
  if (
    kind === null ||
    right === undefined ||
    left === null ||
    usingClause !== undefined ||
    isNatural === true
  ) {
    return null;
  }
  return [...left, { source: right, kind, condition: quals }];
}

/** The list as FROM. */
export function fromOf(joins: readonly Join[]): Node[] {
  const items: Node[] = [];
  for (const { source, kind, condition } of joins) {
    const left = kind === 'from' ? undefined : items.pop();
    items.push(
      left === undefined || kind === 'from' ? source.node : joined(left, kind, source.node, condition),
    );
  }
  return items;
}

export function joined(larg: Node, kind: 'inner' | 'left', rarg: Node, quals: Node | undefined): Node {
  const jointype = kind === 'inner' ? 'JOIN_INNER' : 'JOIN_LEFT';
  return { JoinExpr: { jointype, larg, rarg, ...(quals === undefined ? {} : { quals }) } };
}

/** A subquery as an item of FROM. */
export function lateral(subquery: Node, aliasname: string): Node {
  return { RangeSubselect: { lateral: true, subquery, alias: { aliasname } } };
}

/** A name with that beginning that is no alias yet. */
export function freeAlias(wanted: string, sources: readonly Pick<Source, 'alias'>[]): string {
  const taken = new Set(sources.map(({ alias }) => alias));
  let name = wanted;
  for (let n = 2; taken.has(name); n += 1) name = `${wanted}_${n}`;
  return name;
}
