import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** An image that tests may use instead of the one they build: `postgres:18`, where a registry is in reach. */
const givenImage = process.env['PG_GUARDRAILS_TEST_IMAGE'];

/**
 * Whether a container engine answers here. Tests that need one are left out where it does not.
 *
 * @throws Error instead of answering no, with PG_GUARDRAILS_REQUIRE_ENGINE=1.
 */
export function engineAnswers(): boolean {
  const { status } = spawnSync('docker', ['version'], { stdio: 'ignore', timeout: 10_000 });
  if (status === 0) return true;
  if (process.env['PG_GUARDRAILS_REQUIRE_ENGINE'] === '1') {
    throw new Error('no container engine answers: test/support/container-image/engine.sh start runs one');
  }
  return false;
}

/** The image that containers are tested with; it is built where it is missing or not current. */
export function testImage(): string {
  if (givenImage) return givenImage;
  execFileSync(process.execPath, [join(import.meta.dirname, 'container-image', 'build.ts'), '18']);
  return 'pg-guardrails-test/postgres:18';
}

/** Runs the engine's command line, and returns the lines that it prints. */
export function docker(...args: readonly string[]): readonly string[] {
  const output = execFileSync('docker', args, { encoding: 'utf8' });
  return output.split('\n').filter((line) => line !== '');
}
