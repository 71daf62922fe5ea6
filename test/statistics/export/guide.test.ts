import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { exportCommand } from '../../../src/config/statistics-command-line.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const guide = readFileSync(join(root, 'docs/production-statistics.md'), 'utf8');
const workflow = readFileSync(join(root, 'examples/workflows/refresh-statistics.yml'), 'utf8');

describe('the guide of production statistics', () => {
  test('lists the options as they are', () => {
    const rows = exportCommand().options.map(({ flags, description, defaultValueDescription: usual }) => {
      const ending = usual === undefined ? '' : ` (default: ${usual})`;
      return `| \`${flags}\` | ${description}${ending} |`;
    });
    expect(guide.match(/^\| `--.*$/gm)).toEqual(rows);
  });

  test('has a workflow whose command is one', () => {
    const steps = z
      .object({
        jobs: z.object({
          refresh: z.object({ steps: z.array(z.looseObject({ run: z.string().optional() })) }),
        }),
      })
      .parse(parse(workflow)).jobs.refresh.steps;
    const [, args = ''] =
      /pg-guardrails statistics export (.*)/.exec(steps.map(({ run }) => run).join('\n')) ?? [];
    const command = exportCommand().exitOverride();
    command.parse(args.replaceAll('"', '').split(' '), { from: 'user' });
    expect(command.args).toEqual(['$URL']);
    expect(command.opts()).toMatchObject({ redact: true, output: 'production/statistics.json' });
  });
});
