import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Reviews the demo project. It shows a failing verdict, and does not gate: exit status 1 counts as success. */
const root = join(import.meta.dirname, '..');
const pullRequest = ['0006_departure_board', '0007_tickets', '0008_seat_map', '0009_fares'];
const { status } = spawnSync(
  process.execPath,
  [
    join(root, 'dist', 'cli.js'),
    'check',
    ...['--new', ...pullRequest.map((name) => `migrations/${name}.sql`)],
    ...['--report', 'json=review.json', '--report', 'markdown=review.md'],
  ],
  { cwd: join(root, 'examples', 'airlines'), stdio: 'inherit' },
);
process.exitCode = status === 1 ? 0 : (status ?? 2);
