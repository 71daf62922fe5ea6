import { chown, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileSize, relationSegments, type Segment } from '../../model/server.ts';

/** Files that are open at a time: a table of 2 TB has 2,000 segments, and a process may often open 1,024. */
const filesAtOnce = 64;

/** Extends relations of an embedded server: its data directory is ours. */
export async function growFiles(
  dataDirectory: string,
  files: readonly FileSize[],
  account: { readonly uid: number; readonly gid: number } | null,
): Promise<void> {
  const growSegment = async ({ path, bytes, isNew }: Segment) => {
    const file = join(dataDirectory, path);
    if (isNew) {
      await writeFile(file, '', { mode: 0o600 });
      if (account !== null) await chown(file, account.uid, account.gid);
    }
    await truncate(file, bytes);
  };
  // All lanes take from one iterator, so that each segment is taken once.
  const segments = files.flatMap(relationSegments).values();
  const lane = async () => {
    for (const segment of segments) await growSegment(segment);
  };
  await Promise.all(Array.from({ length: filesAtOnce }, lane));
}
