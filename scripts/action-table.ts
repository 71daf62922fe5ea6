import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const described = z.object({ description: z.string(), default: z.string().optional() });

const manifestSchema = z.object({
  runs: z.object({ using: z.string(), main: z.string() }),
  inputs: z.record(z.string(), described),
  outputs: z.record(z.string(), described),
});

/** What action.yml says: the program, and inputs and outputs by name. */
export function actionManifest(): z.infer<typeof manifestSchema> {
  const file = join(import.meta.dirname, '..', 'action.yml');
  return manifestSchema.parse(parse(readFileSync(file, 'utf8')));
}

/** Inputs and outputs of the Action as Markdown tables. */
export function actionTable(): string {
  const { inputs, outputs } = actionManifest();
  return [
    '| Input | What it is | Default |',
    '| :-- | :-- | :-- |',
    ...Object.entries(inputs).map(
      ([name, { description, default: usual }]) =>
        `| \`${name}\` | ${cell(description)} | ${usual === undefined ? '' : `\`${cell(usual)}\``} |`,
    ),
    '',
    '| Output | What it is |',
    '| :-- | :-- |',
    ...Object.entries(outputs).map(([name, { description }]) => `| \`${name}\` | ${cell(description)} |`),
  ].join('\n');
}

function cell(value: string): string {
  return value.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim();
}
