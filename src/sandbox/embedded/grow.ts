import { chown, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileSize, relationSegments } from '../../model/server.ts';

/** Extends relations of an embedded server: its data directory is ours. */
export async function growFiles(
  dataDirectory: string,
  files: readonly FileSize[],
  account: { readonly uid: number; readonly gid: number } | null,
): Promise<void> {
  await Promise.all(
    files.flatMap(relationSegments).map(async ({ path, bytes, isNew }) => {
      const file = join(dataDirectory, path);
      if (isNew) {
        await writeFile(file, '', { mode: 0o600 });
        if (account !== null) await chown(file, account.uid, account.gid);
      }
      await truncate(file, bytes);
    }),
  );
}
