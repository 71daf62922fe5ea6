import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { embeddedVersions, findInstallation } from '../../../src/sandbox/embedded/binaries.ts';

/**
 * Builds an image that is used like the official `postgres:N`, for machines that reach no image registry: the
 * embedded binaries, and from this machine the programs and libraries that they and our sandbox need. Does nothing
 * where the image is there and made of the same parts.
 *
 * Usage: node test/support/container-image/build.ts [MAJOR]...
 */

const repository = 'pg-guardrails-test/postgres';
const label = 'org.pg-guardrails.made-of';

/** What the entry point and the sandbox run in the container. All are in the official image too. */
const tools = ['sh', 'cat', 'chmod', 'chown', 'env', 'find', 'id', 'mkdir', 'setpriv', 'sleep', 'truncate'];

/** The only locale besides C that needs no further package. */
const locale = '/usr/lib/locale/C.utf8';

/** Number of user and group in the official image. */
const account = '999:999';

if (process.platform !== 'linux') {
  throw new Error(
    'an image can only be built on Linux; PG_GUARDRAILS_TEST_IMAGE=postgres:18 names another one',
  );
}
for (const major of process.argv.length > 2 ? process.argv.slice(2).map(Number) : [18]) build(major);

function build(major: number): void {
  const image = `${repository}:${major}`;
  const fingerprint = fingerprintOf(major);
  if (labelOf(image) === fingerprint) {
    process.stdout.write(`${image} is current\n`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'pg-guardrails-image-'));
  try {
    const root = join(folder, 'root');
    const archive = join(folder, 'root.tar');
    fill(root, major);
    run('tar', ['--create', '--file', archive, '--directory', root, '--owner=0', '--group=0', '.']);
    run('docker', ['import', ...instructions(major, fingerprint), archive, image]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.stdout.write(`${image} built\n`);
}

function fingerprintOf(major: number): string {
  const parts = [import.meta.filename, join(import.meta.dirname, 'entrypoint.sh')];
  const hash = createHash('sha256').update(String(embeddedVersions.get(major)));
  for (const part of parts) hash.update(readFileSync(part));
  return hash.digest('hex');
}

function labelOf(image: string): string | null {
  try {
    const format = `{{index .Config.Labels "${label}"}}`;
    return run('docker', ['image', 'inspect', '--format', format, image]).trim();
  } catch {
    return null;
  }
}

/** Lays out the root file system. */
function fill(root: string, major: number): void {
  for (const folder of ['etc', 'run', 'tmp', 'usr/bin', 'usr/lib', 'var/lib/postgresql'])
    mkdirSync(join(root, folder), { recursive: true });
  // As merged in Debian; the libraries lie where the programs look for them.
  run('ln', ['-s', 'usr/bin', join(root, 'bin')]);
  run('ln', ['-s', '/run', join(root, 'var/run')]);
  run('chmod', ['1777', join(root, 'tmp'), join(root, 'var/lib/postgresql')]);
  const installed = findInstallation(major);
  cpSync(installed, join(root, 'usr/lib/postgresql', String(major)), {
    recursive: true,
    verbatimSymlinks: true,
  });
  const found = tools.map((name) => run('sh', ['-c', 'command -v "$1"', 'sh', name]).trim());
  for (const [index, name] of tools.entries()) copy(found[index] ?? '', join(root, 'usr/bin', name));
  const binaries = ['postgres', 'initdb', 'pg_ctl'].map((name) => join(installed, 'bin', name));
  for (const library of librariesOf([...found, ...binaries], installed)) copy(library, join(root, library));
  if (existsSync(locale)) cpSync(locale, join(root, locale), { recursive: true });
  writeFileSync(
    join(root, 'etc/passwd'),
    `root:x:0:0::/:/bin/sh\npostgres:x:${account}::/var/lib/postgresql:/bin/sh\n`,
  );
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\npostgres:x:999:\n');
  copy(join(import.meta.dirname, 'entrypoint.sh'), join(root, 'usr/bin/entrypoint.sh'));
}

/** The libraries of this machine that the programs are linked with, and the loader. */
function librariesOf(files: readonly string[], installed: string): ReadonlySet<string> {
  const listed = run('ldd', files).matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm);
  return new Set([...listed].map(([, path = '']) => path).filter((path) => !path.startsWith(installed)));
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

/** The official image's, with the data directory and the volume that moved with 18. */
function instructions(major: number, fingerprint: string): readonly string[] {
  const home = '/var/lib/postgresql';
  return [
    `ENV PATH=/usr/bin:/usr/lib/postgresql/${major}/bin`,
    `ENV PGDATA=${major < 18 ? `${home}/data` : `${home}/${major}/docker`}`,
    `VOLUME ${major < 18 ? `${home}/data` : home}`,
    'EXPOSE 5432',
    'ENTRYPOINT ["entrypoint.sh"]',
    'CMD ["postgres"]',
    `LABEL ${label}=${fingerprint}`,
  ].flatMap((instruction) => ['--change', instruction]);
}

function run(program: string, args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
