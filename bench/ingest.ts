import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type CaptureForm, captureForms, writeCapture } from './captures.ts';
import { print } from './figures.ts';

/** Bytes of each capture; `INGEST_MB=1024 npm run bench` reads as much as a busy server writes. */
const bytes = Number(process.env['INGEST_MB'] ?? 200) * 1024 ** 2;

const megabyte = 1e6;

const readSchema = z.object({
  cpuMilliseconds: z.number(),
  peakBytes: z.number(),
  calls: z.number(),
});

/** Logs that pgBadger reads as well, by what it calls them. */
const pgbadgerForms: ReadonlyMap<CaptureForm, string> = new Map([
  ['stderr', 'stderr'],
  ['jsonlog', 'jsonlog'],
]);

/** Reading captures of all forms, each in a process of its own, and pgBadger on the same file beside it. */
export async function ingest(): Promise<void> {
  const [cpu] = cpus();
  print(
    `\nReading captures of ${Math.round(bytes / megabyte)} MB (${cpu?.model.trim()}, ${cpus().length} cores)`,
  );
  print('  by processor time, pgBadger beside it with one job');
  for (const form of captureForms) await ingestForm(form);
}

async function ingestForm(form: CaptureForm): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pg-guardrails-bench-'));
  try {
    const path = join(folder, form === 'ndjson' ? 'capture.ndjson' : 'capture.log');
    await writeCapture(path, form, bytes);
    const { size } = await stat(path);
    const child = spawnSync(process.execPath, [join(import.meta.dirname, 'read-capture.ts'), path], {
      encoding: 'utf8',
    });
    if (child.status !== 0) throw new Error(child.stderr);
    const { cpuMilliseconds, peakBytes, calls } = readSchema.parse(JSON.parse(child.stdout));
    if (calls === 0) throw new Error(`nothing was read of ${form}`);
    const speed = size / megabyte / (cpuMilliseconds / 1000);
    print(
      `  ${form.padEnd(18)} ${speed.toFixed(0).padStart(5)} MB/s   peak ${(peakBytes / megabyte).toFixed(0).padStart(4)} MB${besidePgbadger(form, path, cpuMilliseconds)}`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param ours milliseconds of processor time */
function besidePgbadger(form: CaptureForm, path: string, ours: number): string {
  const name = pgbadgerForms.get(form);
  if (name === undefined) return '';
  const prefix = form === 'stderr' ? ['--prefix', '%m [%p] %u@%d '] : [];
  const options = [
    '--quiet',
    '--jobs',
    '1',
    '--format',
    name,
    ...prefix,
    '--outfile',
    '-',
    '--extension',
    'json',
    path,
  ];
  const timed = 'TIMEFORMAT="%U %S"; time pgbadger "$@" > /dev/null';
  const { status, stderr } = spawnSync('bash', ['-c', timed, 'pgbadger', ...options], { encoding: 'utf8' });
  if (status === 127) return '   pgBadger is not installed (apt-get install pgbadger)';
  const [user, system] = stderr.trim().split('\n').at(-1)?.split(' ').map(Number) ?? [];
  if (status !== 0 || user === undefined || system === undefined) return `   pgBadger ended with ${status}`;
  const theirs = (user + system) * 1000;
  return `   pgBadger ${(theirs / 1000).toFixed(1)} s, ours ${(ours / 1000).toFixed(1)} s: ${(theirs / ours).toFixed(0)} times as fast`;
}
