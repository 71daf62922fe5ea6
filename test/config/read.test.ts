import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { overridesOf } from '../../src/config/command-line.ts';
import { parseBytes, parseCount, parseDuration, parseRate, parseShare } from '../../src/config/quantities.ts';
import { readConfigFile, resolveConfig } from '../../src/config/read.ts';
import { CannotReview } from '../../src/model/problem.ts';

const known = { rules: new Set(['query/rows-read']), thresholds: new Set(['query/rows-read']) };

function problemsOf(text: string): readonly string[] {
  try {
    readConfigFile('c.yml', text, known);
    return [];
  } catch (error) {
    if (!(error instanceof CannotReview)) throw error;
    return error.problems.map(({ message, location }) => `${location?.line}: ${message}`);
  }
}

describe('mistakes are told, all at once, at their lines', () => {
  test('unknown keys, wrong types, and sizes that are none', () => {
    const text = [
      'migrations: db',
      'tabels: {}',
      'tables:',
      '  orders: { rows: 50x }',
      '  users:',
      '    rows: 5k',
      '    columns:',
      '      status: { nulls: 150%, colour: red }',
      'fail-on: sometimes',
      'postgres: { version: 12 }',
    ].join('\n');
    expect(problemsOf(text)).toEqual([
      '2: unknown key "tabels"',
      '4: tables.orders.rows: "50x" is not a count: write 345138, 345k, 50M or 2G',
      '8: tables.users.columns.status.nulls: "150%" is not a share: write 0.25 or 25%',
      '8: unknown key "tables.users.columns.status.colour"',
      '9: fail-on: Invalid option: expected one of "critical"|"high"|"medium"|"low"|"never"',
      '10: postgres.version: Too small: expected number to be >=14',
    ]);
  });

  test.each([
    ['tables:\n\t- x', /^2: not valid YAML: /],
    ['workload: one.ndjson', /^1: workload: /],
    ['rules: { query/nope: off }', /^1: rules: there is no rule "query\/nope"/],
    ['thresholds:\n  query/nope: { low: 1 }', /^2: thresholds: there is no rule/],
    ['throughput:\n  read: 100', /^2: throughput.read: "100" is not a rate in bytes: write 100MB/],
    ['planner:\n  work_mem: 64MB\n  search_path: x', /^3: planner.search_path: is no setting of the planner/],
    ['planner: { jit: [on] }', /^1: planner.jit: /],
    ['capture: { duration: 0s }', /^1: capture.duration: a capture takes time/],
    [
      'tables:\n  t: { rows: 1, columns: { c: { common: { a: 0.7, b: 0.7 } } } }',
      /^2: .*add up to more than 1/,
    ],
    [
      'ignore:\n  - rule: query/rows-read\n    reason: ok\n  - rule: query/rows-read',
      /^4: ignore.1.reason: /,
    ],
    ['ignore:\n  - rule: query/rows-read\n    reason: " "', /^3: ignore.0.reason: say why/],
    [
      'ignore:\n  - { rule: query/*, reason: ok }\n  - { rule: migration/*, reason: ok }',
      /^3: ignore: there is no rule/,
    ],
    ['ignore:\n  - { rule: query/*, reason: ok, until: soon }', /^2: ignore.0.until: expected a day/],
    ['ignore:\n  - { rule: query/*, reason: ok, tabel: t }', /^2: unknown key "ignore.0.tabel"/],
    ['placeholders:\n  owner: "a\\nb"', /^2: placeholders.owner: expected a value on one line/],
    [
      'environment:\n  DB_HOST: "{server}"',
      /^2: environment.DB_HOST: names \{server\}, which is none of \{host\}/,
    ],
    [
      'environment: { "DB HOST": "{host}" }',
      /^1: environment.DB HOST: is no name of an environment variable/,
    ],
    ['capture: { database: full }', /^1: capture.database/],
    ['throughput: { round-trip: 3ms..1ms }', /is not a duration: write 0.5ms..3ms/],
    ['- a list', /Invalid input/],
  ])('%j', (text, message) => expect(problemsOf(text)).toEqual([expect.stringMatching(message)]));

  test.each(['', '# only a comment', 'migrations: db\nassume: { rows: 2M }'])('%j is fine', (text) => {
    expect(problemsOf(text)).toEqual([]);
  });
});

test.each([
  ['true', true],
  ['[billing, orders]', ['billing', 'orders']],
])('who takes results by position: %s', (text, expected) => {
  const config = readConfigFile('f.yml', `positional-results: ${text}\n`, known);
  expect(config['positional-results']).toEqual(expected);
  expect(() => readConfigFile('f.yml', 'positional-results: billing\n', known)).toThrow(CannotReview);
});

test('what captured programs are given, and how far the server is', () => {
  const text =
    'environment: { PORT: 1, URL: "{url}" }\ncapture: { database: empty, base: true }\nthroughput: { round-trip: 1ms, commit: 0.5ms..2ms }';
  const config = resolveConfig(
    readConfigFile('c.yml', text, known),
    overridesOf({ report: [], env: { PORT: '{port}' } }),
    'embedded',
  );
  expect(config).toMatchObject({
    environment: { PORT: '{port}', URL: '{url}' },
    captureSchema: 'empty',
    captureBase: true,
    throughput: { roundTrip: { low: 0.001, high: 0.001 }, commit: { low: 0.0005, high: 0.002 } },
  });
});

test('values of placeholders are texts', () => {
  const file = readConfigFile('c.yml', 'placeholders: { rows: 10, debug: true, owner: app }', known);
  expect(file.placeholders).toEqual({ rows: '10', debug: 'true', owner: 'app' });
});

describe('quantities', () => {
  test.each([
    ['345138', 345_138],
    ['345_138', 345_138],
    ['50M', 50_000_000],
    ['2.1 m', 2_100_000],
    ['3k', 3_000],
    ['8G', 8_000_000_000],
    ['50x', null],
    ['-1', null],
    ['', null],
  ])('count %j', (text, value) => expect(parseCount(text)).toBe(value));

  test.each([
    ['0.25', 0.25],
    ['25%', 0.25],
    ['2', null],
    ['101%', null],
  ])('share %j', (text, value) => expect(parseShare(text)).toBe(value));

  test.each([
    ['60', 60_000],
    ['500ms', 500],
    ['2m', 120_000],
    ['1 s', 1000],
    ['1.5h', 5_400_000],
    ['soon', null],
  ])('duration %j', (text, value) => expect(parseDuration(text)).toBe(value));

  test.each([
    ['100MB/s..800MB/s', { low: 100 * 1024 ** 2, high: 800 * 1024 ** 2 }],
    ['1.5 GB/s', { low: 1.5 * 1024 ** 3, high: 1.5 * 1024 ** 3 }],
    ['64kB..1MB', { low: 65_536, high: 1_048_576 }],
    ['800MB/s..100MB/s', null],
    ['0MB/s', null],
    ['1MB..2MB..3MB', null],
    ['100', null],
    ['..', null],
  ])('rate in bytes %j', (text, value) => expect(parseRate(text, parseBytes)).toEqual(value));

  test.each([
    ['300k/s..2M/s', { low: 300_000, high: 2_000_000 }],
    ['500k', { low: 500_000, high: 500_000 }],
    ['many', null],
  ])('rate in rows %j', (text, value) => expect(parseRate(text, parseCount)).toEqual(value));

  test('whole numbers are read as they are', () => {
    fc.assert(fc.property(fc.nat(), (number) => expect(parseCount(String(number))).toBe(number)));
  });

  test('no text is read as something that is no number', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const parse of [parseCount, parseShare, parseDuration, parseBytes]) {
          const value = parse(text);
          expect(value === null || Number.isFinite(value)).toBe(true);
        }
      }),
    );
  });
});
