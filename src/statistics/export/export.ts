import type { ExportedRelation, ProductionStatistics } from '../../model/production.ts';
import { chunksOf } from './chunks.ts';
import type { Reading } from './column-statistics.ts';
import { readColumns } from './columns.ts';
import { connect } from './connect.ts';
import { readExtended } from './extended.ts';
import { readIndexes } from './indexes.ts';
import { LeftOut } from './left-out.ts';
import { type Selection, select } from './patterns.ts';
import { type Queries, readQueries } from './queries.ts';
import { type Listed, listTables, readSizes } from './relations.ts';
import { readServer } from './settings.ts';
import { failureOf, isLocked, Snapshot } from './snapshot.ts';

export interface ExportOptions extends Selection {
  /** Address of the server, with the password. */
  readonly url: string;
  readonly redact: boolean;
  /** What one query may take, in milliseconds. */
  readonly statementTimeoutMs: number;
  /** Aborting it ends the export. */
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

type Parts = Omit<ProductionStatistics, 'relations' | 'extended' | keyof Queries | 'leftOut'>;

/** Where the export goes, in this order: the head, tables, extended statistics, queries, what was left out. */
export interface Sink {
  head(parts: Parts): Promise<void>;
  relations(relations: readonly ExportedRelation[]): Promise<void>;
  extended(extended: ProductionStatistics['extended']): Promise<void>;
  queries(queries: Queries): Promise<void>;
  end(leftOut: ProductionStatistics['leftOut']): Promise<void>;
}

/**
 * Reads sizes and statistics of a production server, in one read-only transaction.
 *
 * @throws CannotReview where the server cannot be reached, is too old, or a pattern matches nothing.
 */
export async function exportStatistics(options: ExportOptions, sink: Sink): Promise<void> {
  const { redact, signal, progress } = options;
  progress('connecting');
  const client = await connect(options.url);
  const end = () => void client.end().catch(() => {});
  signal.addEventListener('abort', end);
  try {
    signal.throwIfAborted();
    const snapshot = await Snapshot.begin(client, options.statementTimeoutMs);
    const server = await readServer(snapshot);
    const leftOut = new LeftOut();
    const tables = ownTables(select(await listTables(snapshot), options), leftOut);
    const reading = { major: server.server.major, redact };
    await sink.head({ version: 1, redacted: redact, ...server });
    let done = 0;
    for (const chunk of chunksOf(tables, Number(server.settings['default_statistics_target']))) {
      progress(`reading tables ${done + 1} to ${done + chunk.length} of ${tables.length}`);
      await sink.relations(await readUnlocked(snapshot, reading, chunk, leftOut));
      done += chunk.length;
    }
    progress('reading extended statistics');
    await sink.extended(await readExtended(snapshot, reading.major, tables, leftOut));
    progress('reading queries');
    await sink.queries(await readQueries(snapshot, redact, leftOut));
    await sink.end(leftOut.entries());
  } catch (error) {
    throw failureOf(error);
  } finally {
    signal.removeEventListener('abort', end);
    await client.end().catch(() => {});
  }
}

function ownTables(tables: readonly Listed[], leftOut: LeftOut): readonly Listed[] {
  return tables.filter(({ schema, name, foreign }) => {
    if (foreign) leftOut.add(`${schema}.${name}`, 'it is a foreign table: its rows are on another server');
    return !foreign;
  });
}

/** Reads tables; those that others hold locked are found by halving, and left out. */
async function readUnlocked(
  snapshot: Snapshot,
  reading: Reading,
  tables: readonly Listed[],
  leftOut: LeftOut,
): Promise<readonly ExportedRelation[]> {
  try {
    return await snapshot.attempt(() => readTables(snapshot, reading, tables, leftOut));
  } catch (error) {
    if (!isLocked(error)) throw error;
    const [table] = tables;
    if (tables.length === 1 && table !== undefined) {
      leftOut.add(`${table.schema}.${table.name}`, 'another session holds it locked: export again');
      return [];
    }
    const half = Math.ceil(tables.length / 2);
    return [
      ...(await readUnlocked(snapshot, reading, tables.slice(0, half), leftOut)),
      ...(await readUnlocked(snapshot, reading, tables.slice(half), leftOut)),
    ];
  }
}

const grant = 'GRANT pg_read_all_data to the role';

async function readTables(
  snapshot: Snapshot,
  reading: Reading,
  tables: readonly Listed[],
  leftOut: LeftOut,
): Promise<readonly ExportedRelation[]> {
  const sizes = await readSizes(snapshot, tables);
  const columns = await readColumns(snapshot, reading, tables);
  const indexes = await readIndexes(snapshot, reading, tables);
  return tables.flatMap((table) => {
    const size = sizes.get(table.oid);
    const own = columns.get(table.oid);
    if (size === undefined || own === undefined) return [];
    const { rowSecurity, ...rest } = size;
    const ofIndexes = indexes.get(table.oid);
    const name = `${table.schema}.${table.name}`;
    if (!own.readable) {
      leftOut.add(
        name,
        `the role may not read it, or not all of it, and is shown no statistics of those columns: ${grant}, or SELECT on it`,
      );
    } else if (rowSecurity) {
      leftOut.add(name, 'row security keeps its column statistics from the role: ALTER ROLE ... BYPASSRLS');
    } else if (size.rows < 0 && size.pages > 0) {
      leftOut.add(name, 'it was never analysed, so that nobody knows how many rows it has: ANALYZE it');
    }
    if (ofIndexes?.readable === false) {
      leftOut.add(
        `expressions of the indexes of ${name}`,
        `only the owner, or all data's reader, may see their statistics: ${grant}`,
      );
    }
    return [
      {
        schema: table.schema,
        name: table.name,
        ...rest,
        columns: own.columns,
        indexes: ofIndexes?.indexes ?? [],
      },
    ];
  });
}
