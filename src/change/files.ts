import { readdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path/posix';
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
 * Names of the files directly in a folder, sorted.
 *
 * @throws CannotReview where there is no such folder.
 */
export async function listFolder(root: string, folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(resolve(root, folder), { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? [] : [entry.name])).toSorted();
  } catch (cause) {
    const hint = 'name it with --migrations, or with `migrations:` in .github/pg-guardrails.yml';
    throw new CannotReview([problem(`there is no folder ${folder}`, hint)], { cause });
  }
}

export async function readFiles(root: string, paths: readonly string[]): Promise<readonly SourceFile[]> {
  const files = await Promise.all(
    paths.map(async (path) => ({ path, bytes: await readFile(resolve(root, path)) })),
  );
  return decodeAll(files);
}
