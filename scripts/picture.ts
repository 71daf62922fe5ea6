import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';

/**
 * Draws docs/images/review.png: what `npm run demo` has written as a comment, as GitHub shows it. Needs Chromium,
 * named by CHROMIUM or found as `chromium`.
 */
const root = join(import.meta.dirname, '..');
const markdown = readFileSync(join(root, 'examples', 'airlines', 'review.md'), 'utf8');
const body = micromark(markdown, {
  allowDangerousHtml: true,
  extensions: [gfm()],
  htmlExtensions: [gfmHtml()],
});

const style = `
  body { font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; color: #1f2328; margin: 24px; }
  h2 { font-size: 1.4em; border-bottom: 1px solid #d1d9e0; padding-bottom: .3em; margin-top: 0; }
  table { border-collapse: collapse; margin: 0 0 16px; }
  td, th { border: 1px solid #d1d9e0; padding: 6px 13px; }
  tr:nth-child(2n) { background: #f6f8fa; }
  code { background: #818b981f; padding: .2em .4em; border-radius: 6px; font: 85% "DejaVu Sans Mono", monospace; }
  pre { background: #f6f8fa; padding: 12px 16px; border-radius: 6px; white-space: pre-wrap; }
  pre code { background: none; padding: 0; }
  details { margin: 0 0 8px; }
  sub { font-size: 75%; color: #59636e; }`;

// Open are what the deploy locks, and a blocking migration with the form of it that was tried.
const opened = body.replaceAll(/<details>(?=<summary>(?:🔒|[^\n]*0008_seat_map\.sql:2))/gu, '<details open>');

const folder = mkdtempSync(join(tmpdir(), 'pg-guardrails-picture-'));
try {
  const page = join(folder, 'review.html');
  writeFileSync(page, `<!doctype html><meta charset="utf-8"><style>${style}</style>${opened}`);
  execFileSync(
    process.env['CHROMIUM'] ?? 'chromium',
    [
      ...[
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--hide-scrollbars',
        '--force-device-scale-factor=1.5',
      ],
      ...['--no-first-run', '--disable-background-networking', `--user-data-dir=${join(folder, 'profile')}`],
      ...[
        '--window-size=1000,1840',
        `--screenshot=${join(root, 'docs', 'images', 'review.png')}`,
        `file://${page}`,
      ],
    ],
    { stdio: 'ignore' },
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
