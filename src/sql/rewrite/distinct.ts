import { columnReference } from '../expression.ts';
import type { Node } from '../grammar.ts';
import { fromOf, type Join, joinsOf } from './joins.ts';
import { answersOfPlans, equal, type Rewriter } from './rewriting.ts';
import { aliasesIn, keysOf, type Source, sourceOf, sourcesOf } from './sources.ts';
import { and, conjuncts, exists, isPlain, type Select, select, target } from './tree.ts';

/**
 * `SELECT DISTINCT` of one table, joined with others that only decide which rows are wanted: asked with EXISTS no row
 * comes more than once, so that nothing has to be sorted out.
 */
export const distinctToExists: Rewriter = (query, tables) => {
  const sources = sourcesOf(query, tables);
  const joins = sources === null ? null : joinsOf(query.fromClause ?? [], sources);
  const isDistinct = query.distinctClause?.every((each) => Object.keys(each).length === 0) === true;
  const besides = ['distinctClause', 'sortClause', 'limitCount', 'limitOffset'] as const;
  if (sources === null || joins === null || !isDistinct || !isPlain(query, besides)) return [];
  const shown = aliasesShown(query, sources);
  if (shown === null) return [];
  const isKept = ({ source }: Join) => shown.has(source.alias);
  const kept = joins.filter(isKept);
  const left = joins.filter((join) => !isKept(join));
  // What is joined to a table that goes could not stay where it is.
  if (left.length === 0 || kept.length === 0 || joins.slice(0, kept.length).some((join) => !isKept(join)))
    return [];
  const conditions = [
    ...conjuncts(query.whereClause),
    ...left.flatMap(({ kind, condition }) => (kind === 'left' ? [] : conjuncts(condition))),
  ];
  const asked = questions(left, conditions, sources, shown);
  if (asked === null) return [];
  const whereClause = and(asked);
  const { distinctClause, whereClause: _, ...rest } = query;
  const isOnce = kept.every(({ source }) => showsKey(query.targetList ?? [], source, kept.length === 1));
  const rewritten: Select = {
    ...rest,
    ...(isOnce || distinctClause === undefined ? {} : { distinctClause }),
    fromClause: fromOf(kept),
    ...(whereClause === undefined ? {} : { whereClause }),
  };
  return [
    {
      title: 'Ask whether there are such rows, instead of joining them and sorting them out',
      select: rewritten,
      answers: ['query/aggregate-fan-out', 'query/tables-joined', 'query/rows-sorted', ...answersOfPlans],
      nature: equal,
    },
  ];
};

/** Aliases of the tables that the result is made of. */
function aliasesShown(query: Select, sources: readonly Source[]): ReadonlySet<string> | null {
  const aliases = new Set<string>();
  const stars = (query.targetList ?? []).filter((item) => starOf(item) !== null);
  for (const item of stars) {
    const alias = starOf(item);
    if (alias === '') return null;
    if (alias !== null) aliases.add(alias);
  }
  const others = (query.targetList ?? []).filter((item) => starOf(item) === null);
  const named = aliasesIn([...others, ...(query.sortClause ?? [])], sources);
  return named === null ? null : new Set([...aliases, ...named]);
}

/** The alias in `alias.*`, the empty string for a bare `*`; null for what is no star. */
function starOf(item: Node): string | null {
  const parts =
    'ResTarget' in item && item.ResTarget.val !== undefined ? columnReference(item.ResTarget.val) : null;
  if (parts?.at(-1) !== '*') return null;
  return parts.length === 2 ? (parts[0] ?? '') : '';
}

/**
 * The conditions, with those about tables that go asked together, in one question for tables that are tied to each
 * other. Null where they cannot be told apart.
 */
function questions(
  left: readonly Join[],
  conditions: readonly Node[],
  sources: readonly Source[],
  kept: ReadonlySet<string>,
): readonly Node[] | null {
  const about = conditions.map((condition) => aliasesIn(condition, sources));
  if (about.includes(null)) return null;
  const gone = about.map((aliases) => [...(aliases ?? [])].filter((alias) => !kept.has(alias)));
  const groups = left.reduce<readonly ReadonlySet<string>[]>((sets, { source: { alias }, condition }) => {
    const own = [...gone.filter((aliases) => aliases.includes(alias)).flat(), alias];
    const tied = [...own, ...(aliasesIn(condition ?? [], sources) ?? [])].filter((each) => !kept.has(each));
    const touched = sets.filter((set) => tied.some((each) => set.has(each)));
    const others = sets.filter((set) => !touched.includes(set));
    return [...others, new Set([...touched.flatMap((set) => [...set]), ...tied])];
  }, []);
  const rest = conditions.filter((_, index) => gone[index]?.length === 0);
  const asked = groups.map((group): Node | null | undefined => {
    const members = left.filter(({ source }) => group.has(source.alias));
    const own = conditions.filter((_, index) => gone[index]?.some((alias) => group.has(alias)));
    // Joined to the left and asked nothing, it changes nothing about which rows there are.
    if (members.every(({ kind }) => kind === 'left') && own.length === 0) return undefined;
    if (members.some(({ kind }) => kind === 'left')) return null;
    const whereClause = and(own);
    return exists(
      select({
        targetList: [target({ A_Const: { ival: { ival: 1 } } })],
        fromClause: members.map(({ source }) => source.node),
        ...(whereClause === undefined ? {} : { whereClause }),
      }),
    );
  });
  return asked.includes(null) ? null : [...rest, ...asked.flatMap((each) => each ?? [])];
}

/** Whether the result holds a key of a table, so that each of its rows is in it once. */
function showsKey(targets: readonly Node[], source: Source, isOnly: boolean): boolean {
  if (source.table === null || !isOnly) return false;
  if (targets.some((item) => starOf(item) === source.alias)) return keysOf(source.table).length > 0;
  const columns = targets.flatMap((item) => {
    const value = 'ResTarget' in item ? item.ResTarget.val : undefined;
    const parts = value === undefined ? null : columnReference(value);
    return value !== undefined && parts !== null && sourceOf(value, [source]) !== null
      ? (parts.at(-1) ?? [])
      : [];
  });
  return keysOf(source.table).some((key) => key.every((name) => columns.includes(name)));
}
