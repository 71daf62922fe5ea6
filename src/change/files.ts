import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path/posix';
import type { SourceFile } from '../model/change.ts';
import { CannotReview, type Problem, problem } from '../model/problem.ts';

/** Text of bytes that must be UTF-8, without a byte order mark; or the place where they are not. */
function decodeUtf8(bytes: Uint8Array): string | { readonly invalidAtLine: number } {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const lines = Buffer.from(bytes).toString('latin1').split('\n');
    const isValid = (line: string) => {
      const raw = Buffer.from(line, 'latin1');
      return Buffer.from(raw.toString('utf8')).equals(raw);
    };
    return { invalidAtLine: lines.findIndex((line) => !isValid(line)) + 1 };
  }
}

/** Texts of files given as bytes; files that are not UTF-8 are told all at once. */
export function decodeAll(
  files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
): readonly SourceFile[] {
  const problems: Problem[] = [];
  const decoded = files.flatMap(({ path, bytes }): readonly SourceFile[] => {
    const text = decodeUtf8(bytes);
    if (typeof text === 'string') return [{ path, text }];
    const place = { file: path, line: text.invalidAtLine };
    problems.push(problem('not UTF-8 text', 'convert it, for example with iconv', place));
    return [];
  });
  if (problems.length > 0) throw new CannotReview(problems);
  return decoded;
}

/**
 * Files of a folder and of the folders in it, by their paths within it, sorted. Folders of packages and those that
 * are hidden are left out.
 *
 * @throws CannotReview where there is no such folder.
 */
export async function listFolder(root: string, folder: string): Promise<readonly string[]> {
  try {
    return (await filesBelow(resolve(root, folder))).toSorted();
  } catch (cause) {
    const hint = 'name it with --migrations, or with `migrations:` in .github/pg-guardrails.yml';
    throw new CannotReview([problem(`there is no folder ${folder}`, hint)], { cause });
  }
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const paths = await Promise.all(
    entries.map(async (entry): Promise<readonly string[]> => {
      if (!entry.isDirectory()) return [entry.name];
      if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
      return (await filesBelow(join(folder, entry.name))).map((path) => `${entry.name}/${path}`);
    }),
  );
  return paths.flat();
}

export async function readFiles(root: string, paths: readonly string[]): Promise<readonly SourceFile[]> {
  const files = await Promise.all(
    paths.map(async (path) => ({ path, bytes: await readFile(resolve(root, path)) })),
  );
  return decodeAll(files);
}
