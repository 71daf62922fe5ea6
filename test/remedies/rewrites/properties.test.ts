import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readCatalogue } from '../../../src/migrations/catalogue.ts';
import { type Session, StatementFailed } from '../../../src/model/server.ts';
import { compareResults } from '../../../src/remedies/rewrites/compare.ts';
import { type Stage, setStage } from '../../../src/remedies/rewrites/stage.ts';
import { readSelect, rewritingsOf } from '../../../src/sql/rewrite/rewriters.ts';
import { type Tables, tablesByName } from '../../../src/sql/rewrite/sources.ts';
import { replaced, type Select } from '../../../src/sql/rewrite/tree.ts';
import { write } from '../../../src/sql/rewrite/write.ts';
import { TestServer } from '../../support/server.ts';

const schema = `
  CREATE TABLE a (id int PRIMARY KEY, x int NOT NULL, y int, t timestamp, d timestamptz);
  CREATE TABLE b (id int PRIMARY KEY, a_id int, z int NOT NULL, s text);
  CREATE TABLE c (id int PRIMARY KEY, a_id int NOT NULL, b_id int, s text);
`;

let server: TestServer;
let stage: Stage;
let rows: Session;
let tables: Tables;
beforeAll(async () => {
  server = await TestServer.start(18);
  const database = await server.database(schema);
  await using superuser = await server.sandbox.connect(database, 'superuser');
  tables = tablesByName((await readCatalogue(superuser)).tables);
  await superuser[Symbol.asyncDispose]();
  stage = await setStage(server.sandbox, 'stage', database);
  rows = await server.session(schema);
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await rows[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const number = fc.integer({ min: 1, max: 4 });
const operator = fc.constantFrom('=', '<', '<=', '>', '>=');
const day = fc.constantFrom("'2026-01-01'", "'2026-02-01'", "'2026-01-03'");

const ofA = fc.oneof(
  fc.tuple(fc.constantFrom('a.x', 'a.y'), operator, number).map((parts) => parts.join(' ')),
  fc
    .tuple(fc.constantFrom('a.x + 1', 'a.y - 2', '2 + a.y'), operator, number)
    .map((parts) => parts.join(' ')),
  fc.tuple(fc.constantFrom('a.t::date', 'date(a.d)'), operator, day).map((parts) => parts.join(' ')),
  fc
    .tuple(fc.constantFrom('month', 'day', 'year'), day)
    .map(([unit, at]) => `date_trunc('${unit}', a.t) = ${at}`),
  fc
    .tuple(operator, fc.constantFrom(2025, 2026))
    .map(([sign, year]) => `extract(year from a.d) ${sign} ${year}`),
  fc
    .tuple(fc.constantFrom('a.id', 'a.x', 'a.y'), fc.constantFrom('a_id FROM b', 'z FROM b', 'b_id FROM c'))
    .map(([column, from]) => `${column} NOT IN (SELECT ${from})`),
  fc
    .tuple(fc.constantFrom('count(*)', 'count(b.s)'), fc.constantFrom('> 0', '= 0', '>= 1'))
    .map(([count, sign]) => `(SELECT ${count} FROM b WHERE b.a_id = a.id) ${sign}`),
);
const ofB = fc
  .tuple(fc.constantFrom('b.z', 'b.a_id', 'b.id'), operator, number)
  .map((parts) => parts.join(' '));
const conditions = fc.array(ofA, { minLength: 1, maxLength: 2 }).map((all) => all.join(' AND '));
const subquery = fc.constantFrom(
  '(SELECT count(*) FROM b WHERE b.a_id = a.id)',
  '(SELECT sum(c.b_id) FROM c WHERE c.a_id = a.id AND c.id > 1)',
  '(SELECT b.s FROM b WHERE b.id = a.y)',
);
const total = fc.constantFrom(
  'count(DISTINCT b.id)',
  'count(b.id)',
  'max(c.id)',
  'count(DISTINCT CASE WHEN c.b_id > 1 THEN c.id END)',
  'sum(CASE WHEN b.z > 1 THEN 1 ELSE 0 END)',
  'avg(c.b_id)',
);
const joined = 'a LEFT JOIN b ON b.a_id = a.id LEFT JOIN c ON c.a_id = a.id';

const query = fc.oneof(
  conditions.map((where) => `SELECT a.id, a.x FROM a WHERE ${where}`),
  fc
    .tuple(subquery, conditions)
    .map(([value, where]) => `SELECT a.id, ${value} FROM a WHERE ${where} ORDER BY a.x`),
  fc
    .tuple(ofA, ofB, fc.constantFrom('JOIN', 'LEFT JOIN'))
    .map(
      ([one, other, join]) => `SELECT a.x, b.z FROM a ${join} b ON b.a_id = a.id WHERE ${one} OR ${other}`,
    ),
  fc
    .tuple(fc.constantFrom('a.id, a.x', 'a.x', 'a.*'), ofB)
    .map(
      ([shown, where]) =>
        `SELECT DISTINCT ${shown} FROM a JOIN b ON b.a_id = a.id LEFT JOIN c ON c.a_id = a.id WHERE ${where}`,
    ),
  fc
    .tuple(fc.array(total, { minLength: 2, maxLength: 3 }), ofA)
    .map(([all, where]) => `SELECT a.id, ${all.join(', ')} FROM ${joined} WHERE ${where} GROUP BY a.id`),
  ofB.map((where) => `SELECT count(*) > 0 FROM b WHERE ${where}`),
  conditions.map(
    (where) => `WITH q AS (SELECT * FROM a WHERE ${where}) SELECT q.id FROM q JOIN q r ON r.x = q.x`,
  ),
);

const nullable = (value: fc.Arbitrary<string>) => fc.option(value, { nil: 'NULL', freq: 4 });
const few = number.map(String);
const time = fc
  .constantFrom(
    '2025-12-31 23:59:59',
    '2026-01-01',
    '2026-01-02',
    '2026-01-03',
    '2026-01-31 12:00',
    '2026-02-01',
    '2027-01-01',
  )
  .map((at) => `'${at}'`);
const list = (...values: fc.Arbitrary<string>[]) =>
  fc
    .array(fc.tuple(...values), { maxLength: 8 })
    .map((all) => all.map((row, at) => `(${[at + 1, ...row].join(', ')})`));
const contents = fc.record({
  a: list(few, nullable(few), nullable(time), nullable(time)),
  b: list(nullable(few), few, nullable(few.map((n) => `'${n}'`))),
  c: list(few, nullable(few), nullable(few.map((n) => `'${n}'`))),
});

/** Results on rows that the comparison never saw, or what fails. */
async function results(filled: Readonly<Record<string, readonly string[]>>, texts: readonly string[]) {
  await rows.query('BEGIN');
  try {
    for (const [table, values] of Object.entries(filled)) {
      if (values.length > 0) await rows.query(`INSERT INTO ${table} VALUES ${values.join(', ')}`);
    }
    const found: string[] = [];
    for (const sql of texts) {
      await rows.query('SAVEPOINT reading');
      try {
        const read = await rows.query(sql);
        found.push(
          read
            .map((row) => JSON.stringify(row))
            .toSorted()
            .join('\n'),
        );
      } catch (error) {
        if (!(error instanceof StatementFailed)) throw error;
        found.push(error.message);
      }
      await rows.query('ROLLBACK TO SAVEPOINT reading');
    }
    return found;
  } finally {
    await rows.query('ROLLBACK');
  }
}

async function isAccepted(original: Select, rewritten: Select): Promise<boolean> {
  const compared = await compareResults(stage, { original, rewritten, samples: [], tables: stage.tables });
  return compared.kind === 'same';
}

test('what is found to be the same is the same on other rows', async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(query, fc.array(contents, { minLength: 4, maxLength: 4 }), async (sql, all) => {
      const original = readSelect(sql);
      if (original === null) throw new Error(sql);
      for (const { select, nature } of rewritingsOf(original, tables)) {
        if (nature.kind === 'other' || !(await isAccepted(original, select))) continue;
        accepted += 1;
        for (const filled of all) {
          const [expected, found] = await results(filled, [sql, write({ SelectStmt: select }) ?? '']);
          expect(found).toEqual(expected);
        }
      }
    }),
    { numRuns: 40, seed: 1 },
  );
  expect(accepted).toBeGreaterThan(20);
}, 120_000);

/** Slips that a rewrite may hold: a bound, an order, a kind of join, a DISTINCT, a question about NULL. */
function mutants(select: Select): readonly Select[] {
  const slips: readonly (readonly [string, string])[] = [
    ['<', '<='],
    ['>=', '>'],
    ['=', '>='],
    ['+', '-'],
    ['JOIN_LEFT', 'JOIN_INNER'],
    ['IS_NOT_TRUE', 'IS_FALSE'],
    ['SETOP_UNION', 'SETOP_EXCEPT'],
  ];
  return slips.flatMap(([from, to]) => {
    const text = JSON.stringify(select);
    const mutated = text.replaceAll(`"${from}"`, `"${to}"`);
    return mutated === text ? [] : [JSON.parse(mutated)];
  });
}

test('a slip is not found to be the same where rows show it', async () => {
  let shown = 0;
  const missed: string[] = [];
  await fc.assert(
    fc.asyncProperty(query, fc.array(contents, { minLength: 4, maxLength: 4 }), async (sql, all) => {
      const original = readSelect(sql);
      if (original === null) throw new Error(sql);
      for (const { select, nature } of rewritingsOf(original, tables)) {
        if (nature.kind === 'other') continue;
        for (const mutant of mutants(select)) {
          const text = write({ SelectStmt: mutant });
          if (text === null) continue;
          const differing = await shows(all, sql, text);
          if (!differing) continue;
          shown += 1;
          if (await isAccepted(original, mutant)) missed.push(`${sql} -- ${text}`);
        }
      }
    }),
    { numRuns: 25, seed: 2, endOnFailure: true },
  );
  // Rows are a sample: a slip that shows in one of thousands can be missed.
  expect(shown).toBeGreaterThan(20);
  expect(missed.slice(Math.floor(shown / 30))).toEqual([]);
}, 120_000);

async function shows(
  all: readonly Readonly<Record<string, readonly string[]>>[],
  sql: string,
  text: string,
): Promise<boolean> {
  for (const filled of all) {
    const [expected, found] = await results(filled, [sql, text]);
    if (expected !== found) return true;
  }
  return false;
}

test('a text is only written where it is read as the same tree', () => {
  fc.assert(
    fc.property(query, (sql) => {
      const original = readSelect(sql);
      if (original === null) throw new Error(sql);
      const text = write({ SelectStmt: original });
      expect(text).not.toBeNull();
      for (const { select } of rewritingsOf(original, tables))
        expect(write({ SelectStmt: select })).not.toBeNull();
      expect(write({ SelectStmt: replaced(original, () => null) })).toEqual(text);
    }),
  );
});
