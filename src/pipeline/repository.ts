import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { Git } from '../change/git.ts';
import { RepositoryPaths } from '../places/paths.ts';

/** Beyond these, files are not looked at: a folder that is no repository may be anything. */
const mostFiles = 100_000;

/** The files of the working tree that places are looked for in: those that git does not ignore, if there is one. */
export async function repositoryPaths(root: string): Promise<readonly string[]> {
  const tracked = await new Git(root).files();
  return (tracked ?? (await filesBelow(root))).slice(0, mostFiles);
}

/** The same, to be found by what others call them. */
export async function pathsIn(root: string, paths: readonly string[]): Promise<RepositoryPaths> {
  return new RepositoryPaths(paths, [root, await realpath(root)]);
}

/** Without packages, and what is hidden or may not be read. */
async function filesBelow(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  const folders = [''];
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = `${folder}${entry.name}`;
      if (entry.isFile()) found.push(path);
      else if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
        folders.push(`${path}/`);
    }
    if (found.length >= mostFiles) break;
  }
  return found;
}
