import { plainName } from '../model/schema.ts';
import { creations, drops, relationKinds } from './alterations.ts';
import type { Facts } from './facts.ts';
import type { StatementFacts } from './facts-source.ts';
import type { Refusal } from './refusals.ts';
import { renamesIn } from './renamed.ts';
import { namesColumn, type Usage, usageOf } from './usage.ts';

/** What the change does to that for which a query is refused. */
export interface RefusalCause {
  /** `demanded`: a new column that has to be given a value; `tightened`: an earlier one that has to. */
  readonly kind: 'dropped' | 'renamed' | 'created' | 'demanded' | 'tightened';
  /** Kind of the object: column, table, function ... */
  readonly what: string;
  /** As the query calls it, and as it is called in the other state; the same unless it was renamed. */
  readonly name: string;
  readonly other: string;
  /** The relation that a column belongs to. */
  readonly table: string;
  /** Null where both schemas were loaded whole. */
  readonly by: StatementFacts | null;
}

const named = [
  ...relationKinds,
  'column',
  'schema',
  'function',
  'procedure',
  'enum',
  'domain',
  'type',
] as const;

/** What the change does to names, as queries of the base miss them at head, and those of head at base. */
interface Candidates {
  readonly atHead: readonly (RefusalCause & { readonly isUsedBy: (usage: Usage) => boolean })[];
  readonly atBase: readonly RefusalCause[];
}

/** A change may break thousands of queries. */
const computed = new WeakMap<Facts, Candidates>();

function candidatesOf(facts: Facts): Candidates {
  const known = computed.get(facts);
  if (known !== undefined) return known;
  const renames = renamesIn(facts);
  const candidates: Candidates = {
    atHead: [
      ...renames.map(({ what, before, from, to, by, isUsedBy }) => {
        const table = 'table' in before ? before.table : before.name;
        return { kind: 'renamed', what, name: from, other: to, table, by, isUsedBy } as const;
      }),
      ...drops(facts, ...named).map(({ object, by }) => ({
        ...caused('dropped', object, by),
        isUsedBy: () => true,
      })),
    ],
    atBase: [
      ...renames.map(({ what, before, from, to, by }) => {
        const table = 'table' in before ? before.table : to;
        return { kind: 'renamed', what, name: to, other: from, table, by } as const;
      }),
      ...creations(facts, ...named).map(({ object, by }) => caused('created', object, by)),
    ],
  };
  computed.set(facts, candidates);
  return candidates;
}

/** Why head refuses what the base runs: what the query names is gone, or has another name. Null where it is neither. */
export function causeAtHead(facts: Facts, refusal: Refusal): RefusalCause | null {
  const usage = usageOf(refusal.query, refusal.planned);
  const causes = candidatesOf(facts).atHead.filter(({ isUsedBy }) => isUsedBy(usage));
  return likeliest(causes, refusal, usage);
}

/** Why the base refuses what head runs: the query names something that the change brings. Null where it is not that. */
export function causeAtBase(facts: Facts, refusal: Refusal): RefusalCause | null {
  const usage = usageOf(refusal.query, refusal.planned);
  return likeliest(candidatesOf(facts).atBase, refusal, usage);
}

type Named = { readonly kind: string; readonly name: string; readonly table?: string };

function caused(kind: 'dropped' | 'created', object: Named, by: StatementFacts | null): RefusalCause {
  const { name, table = name } = object;
  return { kind, what: object.kind, name, other: name, table, by };
}

/** PostgreSQL names what it misses; of a column, the query has to name that table's. */
function likeliest(
  causes: readonly RefusalCause[],
  { error, values }: Refusal,
  usage: Usage,
): RefusalCause | null {
  if (values !== null) return null;
  const words = new Set(error.message.split(/[^\p{L}\p{N}_$]+/u));
  const told = causes.filter(({ name }) => words.has(plainName(name).replace(/\(.*$/, '')));
  const ofItsTable = told.filter(
    ({ what, table, name }) => what !== 'column' || namesColumn(usage, table, name),
  );
  return ofItsTable[0] ?? told[0] ?? null;
}
