import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path/posix';
import { hasCode } from '../../model/error-code.ts';
import type { FolderSample } from './tool.ts';

/** Enough to see the marks of a tool, whatever the length of the history. */
const sampledAtEachEnd = 5;

/** The repository as far as it tells which migration tool it uses. Paths are relative to the working directory. */
export class Project {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** Text of a file, or null where there is none. */
  async text(path: string): Promise<string | null> {
    try {
      return await readFile(resolve(this.#root, path), 'utf8');
    } catch (error) {
      if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR') || hasCode(error, 'EISDIR')) return null;
      throw error;
    }
  }

  /** The first of these files that is there, or null. */
  async firstOf(paths: readonly string[]): Promise<{ readonly file: string; readonly text: string } | null> {
    for (const file of paths) {
      const text = await this.text(file);
      if (text !== null) return { file, text };
    }
    return null;
  }

  async hasFolder(folder: string): Promise<boolean> {
    return (await this.#names(folder)) !== null;
  }

  /** Files of a folder and of the folders in it; of the root, its own alone. Null where there is no such folder. */
  async sample(folder: string): Promise<FolderSample | null> {
    const files = await this.#filesBelow(folder, folder === '.' ? 0 : 3);
    if (files === null) return null;
    const scripts = files.filter((file) => /\.sql$/i.test(file));
    const chosen =
      scripts.length <= 2 * sampledAtEachEnd
        ? scripts
        : [...scripts.slice(0, sampledAtEachEnd), ...scripts.slice(-sampledAtEachEnd)];
    const texts = await Promise.all(chosen.map((file) => this.text(join(folder, file))));
    return { folder, files, texts: texts.filter((text) => text !== null) };
  }

  async #filesBelow(folder: string, depth: number): Promise<readonly string[] | null> {
    const names = await this.#names(folder);
    if (names === null) return null;
    const below = await Promise.all(
      names.map(async ({ name, isFolder }): Promise<readonly string[]> => {
        if (!isFolder) return [name];
        if (depth === 0 || name.startsWith('.') || name === 'node_modules') return [];
        const inner = await this.#filesBelow(join(folder, name), depth - 1);
        return (inner ?? []).map((path) => `${name}/${path}`);
      }),
    );
    return below.flat().toSorted();
  }

  async #names(folder: string) {
    try {
      const entries = await readdir(resolve(this.#root, folder), { withFileTypes: true });
      return entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
    } catch (error) {
      if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null;
      throw error;
    }
  }
}
