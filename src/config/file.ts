import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { hasCode } from '../model/error-code.ts';
import { CannotReview, problem } from '../model/problem.ts';
import { type KnownNames, readConfigFile } from './read.ts';
import type { ConfigFile } from './schema.ts';

/** Where a configuration is looked for that nobody names. */
export const usualConfig = '.github/pg-guardrails.yml';

/**
 * Loads the configuration file. Without one everything has a default.
 *
 * @param named the file that somebody names; null for the usual one, which may be missing
 * @throws CannotReview where a named file is missing, or the file has mistakes.
 */
export async function loadConfigFile(
  root: string,
  named: string | null,
  known: KnownNames,
): Promise<ConfigFile> {
  const file = named ?? usualConfig;
  let text: string;
  try {
    text = await readFile(resolve(root, file), 'utf8');
  } catch (cause) {
    if (named === null && hasCode(cause, 'ENOENT')) return {};
    throw new CannotReview(
      [problem(`the configuration ${file} cannot be read`, 'name another with --config')],
      { cause },
    );
  }
  return readConfigFile(file, text, known);
}
