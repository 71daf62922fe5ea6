import type { Range, Throughput } from '../model/estimate.ts';

const MB = 1024 ** 2;

/**
 * What production is taken to manage where the configuration states nothing else under `throughput`. The high end
 * is what a server without load manages on local disks or in memory, the low end a small volume over a network.
 *
 * Measured on PostgreSQL 18 with three million rows of 149 bytes in memory, one process, no load: a sequential
 * scan 2.8 GB a second, a CHECK constraint 2.5 GB, SET NOT NULL 2.1 GB; a rewrite of a table without indexes 170 MB
 * a second; 2.3 million rows a second into an index of random bigints, 3.5 million of ordered ones; of one million
 * rows without an index 480,000 a second updated, 660,000 inserted and 3.1 million deleted.
 *
 * A general purpose volume of AWS (gp3) has 125 MiB a second unless more is bought (Amazon EBS User Guide,
 * "General Purpose SSD volumes"), which the application's own reads and writes share.
 */
export const usualThroughput: Throughput = {
  /** A table that is worth an estimate is larger than memory; solid-state disks come below a GB a second then. */
  read: { low: 100 * MB, high: 800 * MB },
  /** Every byte goes to the table and to the WAL: half of what a volume can take, at most what was measured. */
  write: { low: 50 * MB, high: 200 * MB },
  /** Beyond maintenance_work_mem, 64 MB by default, the sort of a build goes through temporary files. */
  indexRows: { low: 300_000, high: 2_000_000 },
  /** Waits for WAL, full page images and cold pages are what memory did not show. */
  changedRows: { low: 30_000, high: 400_000 },
  /** Within a data centre half a millisecond with what the client does in between; across one, or through a pooler, several. */
  roundTrip: { low: 0.0005, high: 0.003 },
  /** A flush of WAL: some tenths of a millisecond on a local disk, a few on a volume over a network with a standby that confirms. */
  commit: { low: 0.0003, high: 0.005 },
};

/** Seconds of whatever a statement does besides its work: parsing, the catalogue, its commit. */
export const everyStatement: Range = { low: 0.001, high: 0.05 };

/**
 * What one index adds to the time of inserting or updating a row, as a share of the row's own. Measured: 0.4 for
 * ordered keys, 1.5 to 2.1 for random ones that stay in memory.
 */
export const costOfIndexPerRow = 1;

/**
 * How much longer a row takes to enter an index of another access method than a B-tree of the same keys. Measured:
 * three million bigints into hash and BRIN, 300,000 documents of three keys into GIN, points into GiST.
 */
export const methodFactors: ReadonlyMap<string, number> = new Map([
  ['btree', 1],
  ['hash', 2.2],
  ['brin', 0.1],
  ['gin', 12],
  ['gist', 5],
  ['spgist', 5],
]);
