import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { configSchema } from '../src/config/schema.ts';
import { productionSchema } from '../src/model/production.ts';
import { reviewSchema } from '../src/model/review.ts';
import { rules } from '../src/rules/index.ts';
import { startEmbedded } from '../src/sandbox/embedded/embedded.ts';
import { capturedLineSchema } from '../src/workload/formats/ndjson.ts';
import { readExample, runExample } from '../test/support/examples.ts';
import { actionTable } from './action-table.ts';
import { checkOptions } from './check-options.ts';
import { ruleIndex } from './rule-index.ts';
import { rulePage } from './rule-page.ts';
import { ruleTable } from './rule-table.ts';

/**
 * Writes everything that is made from the code: the list of rules, their documentation pages with examples that
 * are run for it, JSON schemas, tables of the README. With --check, nothing is written, and what is out of date
 * is listed.
 */
const root = join(import.meta.dirname, '..');
const checksOnly = process.argv.includes('--check');

async function generated(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['src/rules/index.ts', ruleIndex()],
    ['docs/review.schema.json', jsonSchema(reviewSchema, 'review.json of pg-guardrails')],
    [
      'docs/statistics.schema.json',
      jsonSchema(productionSchema, 'Production statistics, as pg-guardrails exports them'),
    ],
    ['docs/config.schema.json', jsonSchema(configSchema, '.github/pg-guardrails.yml')],
    [
      'docs/workload.schema.json',
      jsonSchema(capturedLineSchema, 'A line of a workload file of pg-guardrails'),
    ],
    [
      'README.md',
      withSections(readFileSync(join(root, 'README.md'), 'utf8'), {
        action: actionTable(),
        check: checkOptions(),
        rules: ruleTable(),
      }),
    ],
    ...(await rulePages()),
  ]);
}

/** Schemas describe what people write, which is what goes into a parse. */
function jsonSchema(schema: z.ZodType, title: string): string {
  return `${JSON.stringify({ title, ...z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) }, null, 2)}\n`;
}

async function rulePages(): Promise<readonly (readonly [string, string])[]> {
  await using server = await startEmbedded({
    major: 18,
    limitMs: 60_000,
    signal: new AbortController().signal,
  });
  const run = async (id: string, kind: 'bad' | 'good') => {
    const example = readExample(id, kind);
    return { example, review: await runExample(server, example) };
  };
  const pages = new Map<string, string>();
  const left = [...rules];
  // Two at a time keep both the server and this process busy.
  const work = async () => {
    for (let rule = left.shift(); rule !== undefined; rule = left.shift()) {
      const [bad, good] = [await run(rule.id, 'bad'), await run(rule.id, 'good')];
      pages.set(`docs/rules/${rule.id}.md`, rulePage(rule, bad, good));
    }
  };
  await Promise.all([work(), work()]);
  return [...pages];
}

/** Replaces what stands between `<!-- generated: name -->` and `<!-- end -->`. */
function withSections(text: string, sections: Readonly<Record<string, string>>): string {
  return text.replaceAll(
    /(<!-- generated: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, open: string, name: string, close: string) => `${open}\n${sections[name] ?? ''}\n\n${close}`,
  );
}

const files = await generated();
const stale = [...files].filter(([path, text]) => {
  const file = join(root, path);
  return !existsSync(file) || readFileSync(file, 'utf8') !== text;
});
const orphans = globSync('docs/rules/*/*.md', { cwd: root }).filter((path) => !files.has(path));

if (checksOnly) {
  const outdated = [...stale.map(([path]) => path), ...orphans];
  if (outdated.length > 0) {
    process.stderr.write(
      `out of date, run \`npm run docs\`:\n${outdated.map((path) => `  ${path}\n`).join('')}`,
    );
    process.exitCode = 1;
  }
} else {
  for (const [path, text] of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  for (const path of orphans) rmSync(join(root, path));
}
