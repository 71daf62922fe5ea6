import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { embeddedVersions, installArguments, installFolder } from '../../src/sandbox/embedded/binaries.ts';

/** Installs the PostgreSQL versions that tests run on and that did not come with the project. */
export default function setup(): void {
  for (const major of embeddedVersions.keys()) {
    if (major === 18 || existsSync(join(installFolder(major), 'node_modules'))) continue;
    process.stderr.write(`installing PostgreSQL ${major}\n`);
    execFileSync('npm', [...installArguments(major)], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
}
