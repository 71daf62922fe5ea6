import type { ExportedColumnStatistics } from '../model/production.ts';
import type { Unchecked } from '../model/review.ts';
import { type PostgresError, type Session, StatementFailed } from '../model/server.ts';
import { formatArray } from '../sql/array-literal.ts';
import { type Slot, slotsOf, type TypeFacts } from './slots.ts';
import { type Attribute, attributeKey, readTypeFacts } from './type-facts.ts';

/** A row of pg_statistic to be, with what says it to a person. */
export interface Entry extends Attribute {
  /** Such as `public.orders.status`. */
  readonly subject: string;
  /** Whether it is about the rows of the table's children and partitions, too (stainherit). */
  readonly inherited: boolean;
  readonly statistics: ExportedColumnStatistics;
}

/** Rows that are sent at once: enough to save round trips, few enough to hold their text. */
const batchSize = 500;

const places = [1, 2, 3, 4, 5] as const;

/** The array of values has the column's own type, so it is made by that type's input function. */
const insertStatistics = `
INSERT INTO pg_statistic (starelid, staattnum, stainherit, stanullfrac, stawidth, stadistinct,
  ${places.map((at) => `stakind${at}, staop${at}, stacoll${at}, stanumbers${at}, stavalues${at}`).join(', ')})
SELECT relation, number, inherited, nulls, width, distinct_values,
  ${places
    .map(
      (at) => `coalesce(kind${at}, 0), coalesce(operator${at}, 0), coalesce(collation${at}, 0), numbers${at},
    CASE WHEN values${at} IS NOT NULL THEN array_in(textout(values${at}), type${at}, -1) END`,
    )
    .join(', ')}
FROM json_to_recordset($1) AS entry (relation oid, number int2, inherited bool, nulls float4, width int4,
  distinct_values float4, ${places.map((at) => `kind${at} int2, operator${at} oid, collation${at} oid, numbers${at} float4[], values${at} text, type${at} oid`).join(', ')})`;

/**
 * Replaces all column statistics: what a migration's ANALYZE or its own hand has left is not production's.
 * Returns the columns whose stated values are none of their type; of those the other facts are kept.
 */
export async function writeColumnStatistics(
  session: Session,
  entries: readonly Entry[],
): Promise<readonly Unchecked[]> {
  await session.script('DELETE FROM pg_statistic WHERE starelid >= 16384; DELETE FROM pg_statistic_ext_data');
  const telling = entries.filter(saysAnything);
  const facts = await readTypeFacts(session, telling);
  const unchecked: Unchecked[] = [];
  for (let start = 0; start < telling.length; start += batchSize) {
    const rows = telling.slice(start, start + batchSize).flatMap((entry): readonly Row[] => {
      const known = facts.get(attributeKey(entry));
      return known === undefined ? [] : [{ entry, slots: slotsOf(entry.statistics, known), facts: known }];
    });
    unchecked.push(...(await insertRows(session, rows)));
  }
  return unchecked;
}

interface Row {
  readonly entry: Entry;
  readonly facts: TypeFacts;
  readonly slots: readonly Slot[];
}

/** All at once; where a value does not fit, row by row, and that row slot by slot. */
async function insertRows(session: Session, rows: readonly Row[]): Promise<readonly Unchecked[]> {
  const composite = rows.filter(
    ({ facts, slots }) => !facts.isPlain && slots.some(({ values }) => values !== null),
  );
  const refused = composite.map(({ entry }) => ({
    subject: `statistics of ${entry.subject}`,
    reason:
      'its values were left out: its type is made of types that have checks, which would run as superuser',
  }));
  const loaded = rows.map((row) => (row.facts.isPlain ? row : withoutValues(row)));
  if ((await insert(session, loaded)) === null) return refused;
  const unchecked: Unchecked[] = [...refused];
  for (const row of loaded) {
    if ((await insert(session, [row])) === null) continue;
    const { slots, error } = await fittingSlots(session, row);
    const failed = await insert(session, [{ ...row, slots }]);
    const reason = failed?.message ?? `a value stated for it does not fit it: ${error?.message}`;
    unchecked.push({ subject: `statistics of ${row.entry.subject}`, reason });
  }
  return unchecked;
}

function withoutValues(row: Row): Row {
  return { ...row, slots: row.slots.filter(({ values }) => values === null) };
}

/** Those slots whose values the column's type accepts, and why it does not accept another. */
async function fittingSlots(
  session: Session,
  { slots }: Row,
): Promise<{ readonly slots: readonly Slot[]; readonly error: PostgresError | null }> {
  const fitting: Slot[] = [];
  let error: PostgresError | null = null;
  for (const slot of slots) {
    const { values } = slot;
    const failed =
      values === null
        ? null
        : await failureOf(
            session.query('SELECT array_in(textout($1), $2::oid, -1) IS NULL', [
              formatArray(values.texts),
              values.type,
            ]),
          );
    if (failed === null) fitting.push(slot);
    error ??= failed;
  }
  return { slots: fitting, error };
}

/** Without facts, the planner's own defaults are as good as a row that repeats them. */
export function saysAnything({ statistics }: Pick<Entry, 'statistics'>): boolean {
  const { nullFraction, distinct, mostCommon, histogram, correlation, elements, ranges } = statistics;
  return (
    nullFraction > 0 ||
    distinct !== 0 ||
    correlation !== null ||
    elements !== null ||
    ranges !== null ||
    (mostCommon?.values.length ?? 0) > 0 ||
    (histogram?.values.length ?? 0) > 0
  );
}

/** All or none of them; the error where PostgreSQL refuses a value. */
async function insert(session: Session, rows: readonly Row[]): Promise<PostgresError | null> {
  const entries = rows.map(({ entry: { relation, number, inherited, statistics }, slots }) => ({
    relation,
    number,
    inherited,
    nulls: statistics.nullFraction,
    width: Math.round(statistics.width),
    distinct_values: statistics.distinct,
    ...Object.fromEntries(slots.slice(0, places.length).flatMap(fieldsOf)),
  }));
  return failureOf(session.query(insertStatistics, [JSON.stringify(entries)]));
}

function fieldsOf({ kind, operator, collation, numbers, values }: Slot, index: number) {
  const at = index + 1;
  return [
    [`kind${at}`, kind],
    [`operator${at}`, operator],
    [`collation${at}`, collation],
    [`numbers${at}`, numbers],
    [`values${at}`, values === null ? null : formatArray(values.texts)],
    [`type${at}`, values?.type ?? null],
  ] as const;
}

async function failureOf(query: Promise<unknown>): Promise<PostgresError | null> {
  try {
    await query;
    return null;
  } catch (error) {
    if (error instanceof StatementFailed) return error.error;
    throw error;
  }
}
