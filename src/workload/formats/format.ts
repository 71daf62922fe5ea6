import type { CapturedQuery } from '../../model/query.ts';
import type { Unchecked } from '../../model/review.ts';
import type { Suppression } from '../../model/suppression.ts';

/** A file of captured queries. */
export interface CaptureFile {
  /** As it was named. */
  readonly path: string;
  /** Its content from the beginning, uncompressed. */
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** What a part of a capture holds. */
export interface CapturePart {
  readonly statements: readonly CapturedQuery[];
  /** What migrations sent, where the capture tells. */
  readonly migrations?: readonly CapturedQuery[];
  /** Records that are none, cut short, or of another program. */
  readonly unreadable: number;
  /** What is worth naming one by one. */
  readonly unchecked?: readonly Unchecked[];
  readonly suppressions?: readonly Suppression[];
}

/** How something records queries. */
export interface CaptureFormat {
  /** As users name it. */
  readonly name: string;
  /**
   * Whether a file is of this format.
   *
   * @param beginning some kilobytes of its text
   */
  recognises(beginning: string, path: string): boolean;
  /** Of a log that goes on from file to file: whether a text begins with an entry. */
  readonly beginsEntry?: (text: string) => boolean;
  /** Said of what counts all executions since some time, which a log of that time holds as well. */
  readonly counted?: 'in total';
  /** Reads a file in parts, so that memory does not grow with it. */
  read(file: CaptureFile): AsyncIterable<CapturePart>;
}
