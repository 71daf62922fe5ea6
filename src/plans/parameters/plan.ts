import type { Planning } from '../../model/plan.ts';
import type { Query } from '../../model/query.ts';
import type { Session } from '../../model/server.ts';
import { type LocksToo, planAs } from '../explain.ts';
import { comparedParameters } from './compared.ts';
import { isAboutTypes, otherTypes, type ParameterTypes, withCasts } from './types.ts';
import {
  capturedVariants,
  constantVariant,
  genericVariant,
  plannableOf,
  statisticalVariants,
  type ValuedTables,
  type Variant,
} from './variants.ts';

/** A variant, and what came of planning it. */
export interface VariantPlanning {
  readonly variant: Variant;
  readonly planning: Planning;
}

/** Attempts to find types with which a query can be planned: each costs what planning costs. */
const mostAttempts = 16;

/**
 * Plans a query with all values that are known for its parameters, and for any. Where it has none, its captured texts
 * are planned.
 */
export async function planVariants(
  session: Session,
  query: Query,
  tables: ValuedTables,
  locks: LocksToo,
): Promise<readonly VariantPlanning[]> {
  const planEach = (variants: readonly Variant[]) =>
    Promise.all(variants.map((variant) => planVariant(session, variant, locks)));
  const constant = query.texts.map((text) => constantVariant('captured constants', text));
  if (query.parameterCount === 0) return planEach([constantVariant('none', query.sql), ...constant]);
  const { types, open, ...generic } = await planGeneric(session, query, tables, locks);
  const compared = generic.planning.kind === 'planned' ? comparedParameters(generic.planning.plan) : [];
  const valued = withoutRepetition([
    ...capturedVariants(query, types),
    ...statisticalVariants(
      query,
      types,
      compared.map((each) => ({ ...each, number: open[each.number - 1] ?? 0 })),
      tables,
    ),
  ]);
  return [generic, ...(await planEach([...valued, ...constant]))];
}

async function planVariant(session: Session, variant: Variant, locks: LocksToo): Promise<VariantPlanning> {
  const planning = await planAs(session, plannableOf(variant), variant.parameters, locks);
  return { variant, planning };
}

interface GenericPlanning extends VariantPlanning {
  readonly types: ParameterTypes;
  readonly open: readonly number[];
}

/**
 * Plans for values that are not known. Where PostgreSQL cannot tell the type of a parameter, which a driver may have
 * told it, the text is given casts; where none helps, the reason is PostgreSQL's about the text as it was captured.
 */
async function planGeneric(
  session: Session,
  query: Query,
  tables: ValuedTables,
  locks: LocksToo,
): Promise<GenericPlanning> {
  const attempt = async (types: ParameterTypes): Promise<GenericPlanning> => {
    const { variant, open } = genericVariant(query, types);
    return { ...(await planVariant(session, variant, locks)), types, open };
  };
  const first = await attempt(new Map());
  if (first.planning.kind !== 'refused' || !isAboutTypes(first.planning.error)) return first;
  const types = await findTypes(session, query, tables);
  return types === null ? first : attempt(types);
}

/** Likely types are tried, each on what the former was refused for. */
async function findTypes(
  session: Session,
  query: Query,
  tables: ValuedTables,
): Promise<ParameterTypes | null> {
  const columnTypes = (name: string) => [
    ...new Set(
      [...tables.values()].flatMap(({ columns }) =>
        columns.filter((column) => column.name === name).map(({ type }) => type),
      ),
    ),
  ];
  const pending: ParameterTypes[] = [new Map()];
  for (let attempts = 0; attempts < mostAttempts; attempts += 1) {
    const types = pending.shift();
    if (types === undefined) break;
    const sql = withCasts(query.sql, types);
    const plannable = { sql, parameterCount: query.parameterCount, params: null };
    const planning = await planAs(session, plannable, 'generic', 'without locks');
    if (planning.kind === 'planned') return types;
    if (planning.kind === 'stopped') break;
    pending.unshift(...otherTypes(query.sql, planning.error, types, query.samples, columnTypes));
  }
  return null;
}

/** What two variants give to the parameters is planned once. */
function withoutRepetition(variants: readonly Variant[]): readonly Variant[] {
  const byValues = new Map<string, Variant>();
  for (const variant of variants) {
    const key = JSON.stringify([variant.sql, variant.filled.map(({ value }) => String(value))]);
    if (!byValues.has(key)) byValues.set(key, variant);
  }
  return [...byValues.values()];
}
