import { copyFile, link, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Installation } from './binaries.ts';

/** Makes the programs available in another folder: as hard links, or as copies on another file system. */
export async function linkPrograms(installed: Installation, target: string): Promise<Installation> {
  await mkdir(target, { recursive: true });
  const entries = await readdir(installed, { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const from = join(installed, entry.name);
      const to = join(target, entry.name);
      if (entry.isDirectory()) await linkPrograms(from, to);
      else if (entry.isSymbolicLink()) await symlink(await readlink(from), to);
      else await link(from, to).catch(() => copyFile(from, to));
    }),
  );
  return target;
}
