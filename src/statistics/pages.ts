import type { Index } from '../model/catalogue.ts';
import { pageSize } from '../model/statistics.ts';
import { aligned } from './width.ts';

/** Bytes of a page that hold neither header nor tuples (PageHeaderData in bufpage.h). */
const pageHeader = 24;
/** Bytes of a tuple's header, aligned (HeapTupleHeaderData), and of the pointer to it in its page. */
const tupleHeader = 24;
const linePointer = 4;

/** Pages of a heap of rows that wide. */
export function heapPages(rows: number, width: number): number {
  return Math.ceil(rows / rowsPerPage(width));
}

/** Rows of that width that a heap of so many pages holds. */
export function rowsIn(pages: number, width: number): number {
  return pages * rowsPerPage(width);
}

function rowsPerPage(width: number): number {
  return Math.max(1, Math.floor((pageSize - pageHeader) / (tupleHeader + aligned(width) + linePointer)));
}

/** What the size of an index depends on. */
export interface IndexContents {
  /** Rows that it covers. */
  readonly rows: number;
  /** Bytes of a row's keys and included columns. */
  readonly width: number;
  /** Distinct keys. */
  readonly distinct: number;
}

/** Share of a leaf page that a build fills (fillfactor of B-trees). */
const fillFactor = 0.9;
/** Bytes of an index tuple's header, and of the reference to a row (IndexTupleData, ItemPointerData). */
const indexTupleHeader = 8;
const rowReference = 6;
/** A posting list is at most a third of a page (BTMaxItemSize in nbtree.h). */
const longestPostingList = 2704;

/** Bytes of text, keys or numbers that make one entry of a GIN index; rough. */
const bytesPerEntry = 16;

/** Bytes per row of access methods other than B-tree; rough, from how they store entries. */
const otherMethods: ReadonlyMap<string, (width: number, index: Index) => number> = new Map<
  string,
  (width: number, index: Index) => number
>([
  ['hash', () => (aligned(indexTupleHeader + 4) + linePointer) / 0.75],
  ['gist', (width) => (aligned(indexTupleHeader + width) + linePointer) / 0.7],
  ['spgist', (width) => (aligned(indexTupleHeader + width) + linePointer) / 0.7],
  // Keys are stored once; their row references are compressed to two or three bytes each. A text has about as many
  // trigrams as letters.
  [
    'gin',
    (width, { keys: [key] }) =>
      2.5 * (key?.operatorClass.includes('trgm') ? width + 1 : Math.max(1, width / bytesPerEntry)),
  ],
  // One summary of some 24 bytes for 128 heap pages of about 60 rows.
  ['brin', () => 24 / (128 * 60)],
]);

/** Pages of an index, freshly built. */
export function indexPages(index: Index, contents: IndexContents): number {
  const bytesPerRow =
    otherMethods.get(index.method)?.(contents.width, index) ?? bytesPerRowOfBtree(index, contents);
  const leaves = Math.ceil((contents.rows * bytesPerRow) / ((pageSize - pageHeader - 16) * fillFactor));
  // The meta page, and inner pages: about one for 200 leaves.
  return Math.max(1, leaves + Math.ceil(leaves / 200) + 1);
}

/**
 * Equal keys share one tuple with a list of row references, but not in an index with INCLUDE (PostgreSQL
 * documentation, "Deduplication").
 */
function bytesPerRowOfBtree(index: Index, { rows, width, distinct }: IndexContents): number {
  const tuple = indexTupleHeader + aligned(width) + linePointer;
  const duplicates = rows / Math.max(1, distinct);
  if (index.unique || index.included.length > 0 || duplicates < 2) return tuple;
  const perList = Math.min(duplicates, (longestPostingList - tuple) / rowReference);
  return tuple / perList + rowReference;
}
