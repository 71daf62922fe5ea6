import type { Query } from '../model/query.ts';
import { plainName } from '../model/schema.ts';
import type { Facts } from './facts.ts';
import { causeAtBase, causeAtHead, type RefusalCause } from './refusal-cause.ts';
import type { Refusal } from './refusals.ts';
import {
  formerlyRequired,
  isFilledByTrigger,
  leavesOut,
  type RequiredColumn,
  requiredColumns,
} from './required-columns.ts';
import type { Version } from './senders.ts';
import { insertsInto, usageOf, usages } from './usage.ts';

/** In which order the migrations and a service's code can be released, so that no captured query fails in between. */
type ReleaseOrder = 'any' | 'migration first' | 'code first' | 'none';

/** A query that fails if something is released before something else. */
export interface Obstacle {
  readonly query: Query;
  /** Why it fails: PostgreSQL's words, or what it leaves out. */
  readonly reason: string;
  /** The version that sends it. */
  readonly version: Version;
  readonly cause: RefusalCause | null;
}

/** What holds for the code of one service, which is deployed by itself. */
export interface ServiceRelease {
  /** Null where captures name none: then there is one application. */
  readonly service: string | null;
  readonly order: ReleaseOrder;
  /** Queries that fail once the change has run. */
  readonly broken: readonly Obstacle[];
  /** Queries of the new version that fail as long as the change has not run. */
  readonly early: readonly Obstacle[];
}

/** The order for the change as a whole; `by service`: some services before the migrations, and others after. */
export interface Release {
  readonly order: ReleaseOrder | 'by service';
  readonly services: readonly ServiceRelease[];
}

/**
 * Judges the order of release, each service by itself. Null where nothing was captured, the schema stays as it is, or a
 * migration fails.
 */
export function releaseOf(facts: Facts): Release | null {
  const known = computed.get(facts);
  if (known !== undefined) return known;
  const release = concluded(facts);
  computed.set(facts, release);
  return release;
}

/** Several rules and the report ask. */
const computed = new WeakMap<Facts, Release | null>();

function concluded(facts: Facts): Release | null {
  const queries = [...facts.plans.map(({ query }) => query), ...usages(facts).map(({ query }) => query)];
  const hasChange = (facts.change?.differences.length ?? 0) > 0 || facts.statements.length > 0;
  const fails = facts.statements.some(({ statement }) => statement.outcome.kind !== 'done');
  if (!hasChange || fails || queries.length === 0) return null;
  const broken = [
    ...facts.refusals.atHead.map((each) => brokenAtHead(facts, each)),
    ...omissions(facts, requiredColumns(facts), 'is then'),
  ];
  const early = [
    ...facts.refusals.atBase.map((each) => earlyAtBase(facts, each)),
    ...omissions(facts, formerlyRequired(facts), 'is until then'),
  ];
  const services = new Set(queries.flatMap((query) => facts.sendersOf(query).map(({ service }) => service)));
  const each = [...services]
    .toSorted((a, b) => (a ?? '').localeCompare(b ?? '', 'en'))
    .map((service) =>
      releaseOfService(
        service,
        of(facts, service, broken),
        // What only the running version sends has failed before, and nobody sends it any more.
        of(facts, service, early).filter(({ version }) => version !== 'running'),
      ),
    );
  return { order: together(each), services: each };
}

type Unsent = Omit<Obstacle, 'version'>;

function brokenAtHead(facts: Facts, refusal: Refusal): Unsent {
  return { query: refusal.query, reason: refusal.error.message, cause: causeAtHead(facts, refusal) };
}

function earlyAtBase(facts: Facts, refusal: Refusal): Unsent {
  return { query: refusal.query, reason: refusal.error.message, cause: causeAtBase(facts, refusal) };
}

/**
 * Inserts that leave out what has to be given at head, or at base: PostgreSQL says so only when they run. A trigger may
 * fill it.
 */
function omissions(facts: Facts, columns: readonly RequiredColumn[], word: string): readonly Unsent[] {
  return columns
    .filter(({ table }) => !isFilledByTrigger(facts, table))
    .flatMap(({ column, table, isNew, by }) =>
      facts.planChanges
        .map(({ query, base }) => usageOf(query, base))
        .filter(
          (usage) =>
            insertsInto(usage, table) && leavesOut(usage.names.insert?.columns ?? null, column, isNew),
        )
        .map(({ query }) => ({
          query,
          reason: `leaves out "${column.name}" of "${plainName(table)}", which ${word} NOT NULL without a default`,
          cause: {
            kind: isNew ? 'demanded' : 'tightened',
            what: 'column',
            name: column.name,
            other: column.name,
            table,
            by,
          },
        })),
    );
}

function of(facts: Facts, service: string | null, obstacles: readonly Unsent[]): readonly Obstacle[] {
  return obstacles.flatMap(({ query, reason, cause }) =>
    facts
      .sendersOf(query)
      .filter((sender) => sender.service === service)
      .map(({ version }) => ({ query, reason, cause, version })),
  );
}

function releaseOfService(
  service: string | null,
  broken: readonly Obstacle[],
  early: readonly Obstacle[],
): ServiceRelease {
  return { service, order: orderOf(broken, early), broken, early };
}

function orderOf(broken: readonly Obstacle[], early: readonly Obstacle[]): ReleaseOrder {
  if (broken.some(isThereAfterwards) || (broken.length > 0 && early.length > 0)) return 'none';
  if (broken.length > 0) return 'code first';
  return early.length > 0 ? 'migration first' : 'any';
}

/**
 * Whether releasing the code first does not help: the new version sends it, or has to send something in its place that
 * needs the migration: a new name, or a value for a new column.
 */
function isThereAfterwards({ version, cause }: Obstacle): boolean {
  if (version === 'both' || version === 'new' || cause?.kind === 'demanded') return true;
  return version === 'unknown' && cause?.kind === 'renamed';
}

function together(services: readonly ServiceRelease[]): Release['order'] {
  const orders = new Set(services.map(({ order }) => order));
  if (orders.has('none')) return 'none';
  if (orders.has('code first')) return orders.has('migration first') ? 'by service' : 'code first';
  return orders.has('migration first') ? 'migration first' : 'any';
}
