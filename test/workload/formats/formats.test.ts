import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { formats } from '../../../src/workload/formats/formats.ts';
import { nameOf } from '../../../src/workload/names.ts';
import { readWorkload } from '../../../src/workload/read.ts';
import { TestProject } from '../../support/project.ts';

/** Files are called after their format: `<format>-<version>.txt`, or `<format>.txt`. */
const captures = join(import.meta.dirname, '..', '..', 'fixtures', 'captures');
const byLength = formats.map(({ name }) => name).toSorted((a, b) => b.length - a.length);
const files = ['recorded', 'documented'].flatMap((folder) =>
  readdirSync(join(captures, folder))
    .filter((file) => file !== 'README.md')
    .map((file) => join(folder, file)),
);

/** Those that other tests have real servers write, and files of queries. */
const ofOtherTests = ['csvlog', 'jsonlog', 'pg_stat_statements', 'pg_stat_statements-json', 'sql', 'stderr'];

function formatOf(file: string): string | undefined {
  return byLength.find((name) => basename(file).startsWith(name));
}

test('every format has a file that was recorded, or is from documentation', () => {
  const known = new Set([...files.flatMap((file) => formatOf(file) ?? []), ...ofOtherTests]);
  expect([...known].toSorted()).toEqual(formats.map(({ name }) => name).toSorted());
});

test('every format is in the guide', () => {
  const guide = readFileSync(join(captures, '..', '..', '..', 'docs', 'workload.md'), 'utf8');
  for (const { name } of formats) expect(guide).toMatch(new RegExp(`^\\|[^|]*\`${name}\`[^|]*\\|`, 'm'));
});

describe.each(files)('%s', (file) => {
  const content = readFileSync(join(captures, file));
  const name = formatOf(file) ?? '';

  test('is of its format and of no earlier one', () => {
    const path = name === 'ndjson' ? 'captured.ndjson' : 'captured';
    const found = formats.find((format) => format.recognises(content.toString('utf8'), path));
    expect(found?.name).toBe(name);
  });

  test('holds the same queries where its format is named', async () => {
    using project = new TestProject({ captured: content, 'captured.ndjson': content });
    const named = await readWorkload(project.root, [`shop=${name}:captured`]);
    const told = await readWorkload(project.root, [
      `shop=${name === 'ndjson' ? 'captured.ndjson' : 'captured'}`,
    ]);
    expect(named.queries.length).toBeGreaterThan(0);
    expect(named.queries).toEqual(told.queries);
    expect(named.queries[0]?.origins[0]?.service).toBe('shop');
  });
});

test.each([
  ['log/test.log', { path: 'log/test.log', service: null }],
  ['orders=log/test.log', { path: 'log/test.log', service: 'orders' }],
  ['./a=b.log', { path: './a=b.log', service: null }],
  ['C:\\logs\\a.log', { path: 'C:\\logs\\a.log', service: null, named: null }],
  ['nothing:a.log', { path: 'nothing:a.log', service: null, named: null }],
  ['rails:log/test.log', { path: 'log/test.log', service: null, named: { name: 'rails' } }],
  ['shop=Rails:log/test.log', { path: 'log/test.log', service: 'shop', named: { name: 'rails' } }],
  ['shop=C:\\a.log', { path: 'C:\\a.log', service: 'shop', named: null }],
])('%s', (name, expected) => {
  expect(nameOf(name)).toMatchObject(expected);
});

test('a file of no known format is told how to name one', async () => {
  using project = new TestProject({ 'a.csv': 'name,age\n' });
  await expect(readWorkload(project.root, ['a.csv'])).rejects.toMatchObject({
    problems: [{ hint: expect.stringMatching(/^name it as FORMAT:a\.csv; formats: sql, sqlx, .*rails/) }],
  });
});
