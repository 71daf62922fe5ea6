import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { CannotReview, problem } from '../../model/problem.ts';
import { type ExportOptions, exportStatistics } from './export.ts';
import { jsonSink } from './json.ts';

/** Text is written in pieces of about this many characters. */
const pieceLength = 65_536;

/**
 * Exports to a file. It is whole or not there: it is written beside its place, for its owner only, and then moved.
 *
 * @throws CannotReview as {@link exportStatistics}, and where the file cannot be written.
 */
export async function exportToFile(options: ExportOptions, path: string): Promise<void> {
  const partial = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  const file = await open(partial, 'wx', 0o600).catch((cause) => {
    throw new CannotReview([problem(`${path} cannot be written`, 'name another file with --output')], {
      cause,
    });
  });
  try {
    await using _ = file;
    await exportTo(options, async (text) => {
      await file.writeFile(text);
    });
    await file.sync();
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  await rename(partial, path);
}

/**
 * Exports to a stream, such as standard output.
 *
 * @throws CannotReview as {@link exportStatistics}, and where nobody reads the stream to its end.
 */
export async function exportToStream(options: ExportOptions, stream: Writable): Promise<void> {
  const closed = (cause: unknown) =>
    new CannotReview([problem('the output was closed before it was whole')], { cause });
  // Without somebody who listens, an error of the stream would end the process.
  stream.once('error', () => {});
  await exportTo(options, async (text) => {
    if (stream.errored !== null) throw closed(stream.errored);
    if (stream.write(text)) return;
    await once(stream, 'drain').catch((cause) => {
      throw closed(cause);
    });
  });
}

async function exportTo(options: ExportOptions, write: (text: string) => Promise<void>): Promise<void> {
  let pieces: string[] = [];
  let length = 0;
  const flush = async () => {
    const text = pieces.join('');
    pieces = [];
    length = 0;
    await write(text);
  };
  await exportStatistics(
    options,
    jsonSink(async (text) => {
      pieces.push(text);
      length += text.length;
      if (length >= pieceLength) await flush();
    }),
  );
  await flush();
}
