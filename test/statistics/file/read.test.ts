import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CannotReview } from '../../../src/model/problem.ts';
import type { ProductionStatistics } from '../../../src/model/production.ts';
import { restoreCalls } from '../../../src/statistics/file/calls.ts';
import { readStatisticsFile } from '../../../src/statistics/file/read.ts';
import { exported, ProductionServer } from '../../support/production.ts';
import { TemporaryFolder } from '../../support/temporary.ts';

const empty: ProductionStatistics = {
  version: 1,
  takenAt: '2026-01-02T03:04:05Z',
  redacted: false,
  server: { version: '18.4', major: 18 },
  settings: {},
  countersSince: null,
  relations: [],
  extended: [],
  queriesSince: null,
  queries: [],
  leftOut: [],
};

async function read(content: string | Buffer, name = 'production.json'): Promise<ProductionStatistics> {
  using folder = new TemporaryFolder();
  const file = join(folder.path, name);
  writeFileSync(file, content);
  utimesSync(file, new Date(0), new Date('2026-05-06T07:08:09Z'));
  return await readStatisticsFile(file);
}

async function problemsOf(content: string | Buffer): Promise<readonly string[]> {
  const error = await read(content).catch((reason: unknown) => reason);
  if (!(error instanceof CannotReview)) throw new Error('nothing was wrong with it');
  return error.problems.map(({ message }) => message.replace(/\/\S+\//, ''));
}

describe('an export', () => {
  test('is read, compressed or not', async () => {
    const text = JSON.stringify(empty);
    expect(await read(text)).toEqual(empty);
    expect(await read(gzipSync(text), 'production.json.gz')).toEqual(empty);
  });

  test.each<[string, string | Buffer, readonly unknown[]]>([
    [
      'of a newer version',
      JSON.stringify({ ...empty, version: 2, novelty: [] }),
      ['the statistics production.json have version 2 of the format, and this pg-guardrails reads version 1'],
    ],
    [
      'with mistakes, each at its place',
      JSON.stringify({ ...empty, redacted: 'no', relations: [{ schema: 'public' }] }),
      [
        'redacted: Invalid input: expected boolean, received string',
        expect.stringMatching(/^relations\[0\]\.name: Invalid input: expected string/),
        expect.stringMatching(/^relations\[0\]\.kind: /),
        expect.stringMatching(/^relations\[0\]\.parent: /),
        expect.stringMatching(/^relations\[0\]\.rows: /),
      ],
    ],
    [
      'that is cut off',
      JSON.stringify(empty).slice(0, -9),
      ['the statistics production.json are neither JSON nor the output of pg_dump --statistics-only'],
    ],
    [
      'that was damaged after it was compressed',
      gzipSync(JSON.stringify(empty)).subarray(0, 40),
      ['the statistics production.json are compressed, and damaged'],
    ],
    ['that is empty', '', [expect.stringContaining('are neither JSON nor')]],
    [
      'as an archive of pg_dump',
      'PGDMP\u0001\u0010',
      ['the statistics production.json are an archive of pg_dump'],
    ],
  ])('is refused %s', async (_, content, messages) => {
    expect(await problemsOf(content)).toEqual(messages);
  });

  test('is missed where there is none', async () => {
    await expect(readStatisticsFile('/nowhere/production.json')).rejects.toThrow(
      'the statistics /nowhere/production.json cannot be read',
    );
  });
});

/** The database that test/fixtures/pg_dump-statistics-18.sql was dumped from, by pg_dump 18.6. */
const dumped = `
  CREATE TABLE t (id int primary key, b text, c int[], d tsvector, e int4range, o numeric, "Odd ""col" text);
  CREATE INDEX t_lower ON t (id, lower(b), (o + 1));
  CREATE STATISTICS st (ndistinct, dependencies, mcv) ON id, b FROM t;
  CREATE TABLE "Odd tab'le" (x text);
  INSERT INTO "Odd tab'le" SELECT E'it''s \\\\ "quoted", {brace} ' || i % 3 FROM generate_series(1,30) i;
  CREATE TABLE part (id int, k int) PARTITION BY RANGE (k);
  CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0) TO (100);
  CREATE TABLE empty (id int);
  CREATE TABLE never (id int);
  CREATE MATERIALIZED VIEW mv AS SELECT 1 AS one;
  INSERT INTO part SELECT i, i % 100 FROM generate_series(1,1000) i;
  INSERT INTO t SELECT i, 'x' || i % 10, ARRAY[i%3,i%5], to_tsvector('simple','foo' || i%4), int4range(i%10, i%10+5), i, ''
    FROM generate_series(1,1000) i;
  ANALYZE t, "Odd tab'le", part, empty, mv;`;
const fixture = join(import.meta.dirname, '../../fixtures/pg_dump-statistics-18.sql');

const byName = (a: { readonly name: string }, b: { readonly name: string }) => (a.name < b.name ? -1 : 1);

describe('the output of pg_dump --statistics-only', () => {
  test('tells the same as an export of the same database', async () => {
    await using server = await ProductionServer.start(18);
    const ours = await exported(server.ownerUrl(await server.server.database(dumped)));
    const theirs = await readStatisticsFile(fixture);
    const named = new Map(theirs.relations.map((relation) => [relation.name, relation]));
    for (const { name, rows, pages, columns, indexes } of ours.relations) {
      // It lists the columns that there are statistics of.
      const known = columns
        .filter(({ statistics, inherited }) => statistics !== null || inherited !== null)
        .map((column) => ({ ...column, type: 'unknown' }));
      const theirColumns = named.get(name)?.columns.toSorted(byName);
      expect(theirColumns).toEqual(known.toSorted(byName));
      expect(named.get(name)).toMatchObject({ schema: 'public', rows, pages });
      for (const { name: indexName, expressions, rows: entries, pages: size } of indexes) {
        expect(named.get(indexName)?.indexes).toMatchObject([
          { name: indexName, rows: entries, pages: size, expressions },
        ]);
      }
    }
    expect(named.size).toBe(ours.relations.length + 2);
    expect(theirs.server).toEqual({ version: '18.4', major: 18 });
  });

  test('was written when its file was', async () => {
    const call =
      "SELECT * FROM pg_catalog.pg_restore_relation_stats('version', '180004'::integer, 'schemaname', 's', 'relname', 't', 'relpages', 7, 'reltuples', -1::real);";
    expect(await read(call, 'dump.sql')).toMatchObject({
      takenAt: '2026-05-06T07:08:09.000Z',
      relations: [{ schema: 's', name: 't', rows: -1, pages: 7 }],
      leftOut: [{ reason: expect.stringContaining('pg_dump writes none') }],
    });
  });

  test('is refused at the line of a call that is none', async () => {
    const error = await read(
      "SET x = 1;\n\nSELECT * FROM pg_restore_relation_stats(\n'relname' 't'\n);\n",
    ).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      problems: [{ location: { line: 3 }, message: expect.stringMatching(/cannot be read: syntax error/) }],
    });
  });

  test('is read whatever a value holds', () => {
    const word = fc.string({
      unit: fc.constantFrom(
        "'",
        '\\',
        '\n',
        ');',
        'a',
        '"',
        ',',
        '--',
        '/*',
        'SELECT * FROM pg_restore_relation_stats(',
        ' ',
      ),
    });
    fc.assert(
      fc.property(word, word, (name, value) => {
        const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;
        const script = `SET a = 1;\nSELECT * FROM pg_catalog.pg_restore_attribute_stats(\n\t'relname', ${quote(name)},\n\t'most_common_vals', ${quote(value)}::text,\n\t'correlation', '-0.5'::real\n);\n\nSELECT * FROM pg_catalog.pg_restore_relation_stats(\n\t'relname', 'last'\n);\n`;
        const calls = [
          ...restoreCalls(script, (line, reason) => {
            throw new Error(`${line}: ${reason}`);
          }),
        ];
        expect(calls.map(({ values }) => Object.fromEntries(values))).toEqual([
          { relname: name, most_common_vals: value, correlation: '-0.5' },
          { relname: 'last' },
        ]);
      }),
      { numRuns: 300 },
    );
  });
});
