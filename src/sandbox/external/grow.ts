import { escapeLiteral } from 'pg';
import { type FileSize, relationSegments, type Session } from '../../model/server.ts';
import { cannotGrow } from './errors.ts';

/** Paths on one line: a shell's argument list may have 2 MB on Linux (execve), these have some tens of thousand bytes. */
const pathsPerLine = 500;

/**
 * Reads a size and paths from each line, to the end. `truncate` knows `-s` in both coreutils and BusyBox. The server
 * runs programs in its data directory, which paths are relative to.
 */
const program = 'while read -r bytes paths; do truncate -s "$bytes" $paths || exit 1; done';

/** Whether the server can run that, as it can where its role may and its machine has such a program. */
export const canGrow = `COPY (SELECT 1 WHERE false) TO PROGRAM 'cat >/dev/null; command -v truncate >/dev/null'`;

/** As PostgreSQL makes them (relpath.c), in tablespaces too: the shell takes no character of them for its own. */
const plainPath = /^[\w.]+(?:\/[\w.]+)*$/;

/**
 * Extends relations of a server by way of a program that it runs for a superuser.
 *
 * @throws CannotReview
 */
export async function growByProgram(superuser: Session, files: readonly FileSize[]): Promise<void> {
  const lines = linesFor(files);
  if (lines.length === 0) return;
  const rows = `SELECT line FROM json_array_elements_text(${escapeLiteral(JSON.stringify(lines))}) AS line`;
  try {
    await superuser.script(`COPY (${rows}) TO PROGRAM ${escapeLiteral(program)}`);
  } catch (error) {
    throw cannotGrow(error);
  }
}

/** Segments of one size, on as few lines as there may be. */
export function linesFor(files: readonly FileSize[]): readonly string[] {
  const segments = files.flatMap(relationSegments);
  const odd = segments.find(({ path }) => !plainPath.test(path));
  if (odd !== undefined) throw new Error(`no path of a relation: ${odd.path}`);
  return [...Map.groupBy(segments, ({ bytes }) => bytes)].flatMap(([bytes, alike]) =>
    Array.from({ length: Math.ceil(alike.length / pathsPerLine) }, (_, index) => {
      const paths = alike.slice(index * pathsPerLine, (index + 1) * pathsPerLine).map(({ path }) => path);
      return [bytes, ...paths].join(' ');
    }),
  );
}
