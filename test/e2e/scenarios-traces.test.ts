import { beforeAll, describe, expect, test } from '@jest/globals';
import { CommandLine } from '../support/command-line.ts';
import { insightOf, reviewScenario, rulesOf } from '../support/scenario.ts';
import { Traced } from '../support/traced.ts';

/** What applications were seen to do: given this capture, the review says this. */

let commandLine: CommandLine;
beforeAll(async () => {
  commandLine = await CommandLine.bundled('scenarios-traces-test');
});

const airlines = {
  base: `CREATE TABLE aircrafts (aircraft_code text PRIMARY KEY, model text NOT NULL);
    CREATE TABLE seats (aircraft_code text NOT NULL REFERENCES aircrafts, seat_no text NOT NULL,
      PRIMARY KEY (aircraft_code, seat_no));`,
  change: ["COMMENT ON TABLE seats IS 'Seats of each aircraft';"],
  config:
    'tables:\n  aircrafts: { rows: 300 }\n  seats: { rows: 60k, columns: { aircraft_code: { distinct: 300 } } }\n',
};

describe('scenario 3: aircrafts, then the seats of each', () => {
  const list = 'SELECT aircraft_code, model FROM aircrafts ORDER BY aircraft_code';
  const seats = 'SELECT seat_no FROM seats WHERE aircraft_code = $1';
  const codes = ['319', '320', '321', '733', '763', '773', 'CN1', 'CR2', 'SU9'];

  test('names the route, how often, the query before, and one query for all, which was tried', async () => {
    const sent = new Traced({ route: 'GET /aircrafts' }).send(list);
    for (const code of [...codes, ...codes.map((each) => `${each}x`)]) sent.send(seats, [code]);
    const found = insightOf(
      await reviewScenario(commandLine, { ...airlines, queries: sent.text }),
      'trace/n-plus-one',
    );
    expect(found).toMatchObject({ severity: 'medium', subject: { kind: 'trace', name: 'GET /aircrafts' } });
    expect(found.summary).toContain(
      'sends it 18 times, once for each row of `SELECT aircraft_code, model FROM aircrafts',
    );
    expect(found.evidence.sql).toBe(seats);
    const [remedy] = found.remediation;
    expect(remedy).toMatchObject({
      kind: 'query',
      text: 'SELECT aircraft_code, seat_no FROM seats WHERE aircraft_code = ANY ($1)',
      verified: true,
      effect: { unit: 'planner cost' },
    });
    expect(remedy?.effect?.after).toBeLessThan(remedy?.effect?.before ?? 0);
    expect(found.remediation[1]).toMatchObject({
      title: 'Join them: one query in place of 301',
      verified: true,
    });
    expect(found.remediation[1]?.text.replaceAll(/\s+/g, ' ')).toBe(
      'SELECT aircrafts.aircraft_code, aircrafts.model, seats.seat_no FROM aircrafts LEFT JOIN seats ON seats.aircraft_code = aircrafts.aircraft_code ORDER BY aircrafts.aircraft_code',
    );
  });

  test('two queries whatever the number of rows are healthy', async () => {
    const sent = new Traced({ route: 'GET /aircrafts' })
      .send(list)
      .send('SELECT aircraft_code, seat_no FROM seats WHERE aircraft_code = ANY ($1)', [codes]);
    const result = await reviewScenario(commandLine, { ...airlines, queries: sent.text });
    expect(rulesOf(result).filter((rule) => rule.startsWith('trace/'))).toEqual([]);
  });

  test('it is introduced where the base was captured without it', async () => {
    const before = new Traced({ route: 'GET /aircrafts' }).send(list);
    const after = new Traced({ route: 'GET /aircrafts' }).send(list);
    for (const code of [...codes, 'x1', 'x2', 'x3']) after.send(seats, [code]);
    const result = await reviewScenario(commandLine, {
      ...airlines,
      queries: after.text,
      earlierQueries: before.text,
    });
    expect(insightOf(result, 'trace/n-plus-one').origin).toBe('introduced');
    expect(insightOf(result, 'trace/query-count-regression')).toMatchObject({
      origin: 'introduced',
      evidence: { facts: { before: 1, after: 13 } },
    });
    const same = await reviewScenario(commandLine, {
      ...airlines,
      queries: after.text,
      earlierQueries: after.text,
    });
    expect(insightOf(same, 'trace/n-plus-one').origin).toBe('existing');
  });
});

describe('scenario 1: a profile with its collections in one query', () => {
  const collections = ['photos', 'posts', 'likes', 'friends', 'groups', 'events', 'badges'];
  const base = [
    'CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);',
    ...collections.map(
      (
        name,
      ) => `CREATE TABLE ${name} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id bigint NOT NULL);
        CREATE INDEX ON ${name} (user_id);`,
    ),
  ].join('\n');
  const size = (name: string, times: number) =>
    `  ${name}: { rows: ${2 * times}M, columns: { user_id: { distinct: 2M } } }`;
  const config = [
    'tables:',
    '  users: { rows: 2M }',
    ...['photos', 'posts', 'likes'].map((name) => size(name, 12)),
    ...['friends', 'groups', 'events', 'badges'].map((name) => size(name, 4)),
    '',
  ].join('\n');
  const joins = collections.map((name) => `LEFT JOIN ${name} ON ${name}.user_id = users.id`).join(' ');
  const change = ["COMMENT ON TABLE users IS 'People';"];

  test('tells rows against people, per join, and that eight queries cost less', async () => {
    const sent = new Traced({ route: 'GET /users/:id', file: 'src/users.ts' }).send(
      `SELECT * FROM users ${joins} WHERE users.id = $1`,
      [42],
      { rows: 300_000, durationMs: 25_000, line: 31 },
    );
    const result = await reviewScenario(commandLine, { base, change, config, queries: sent.text });
    const found = insightOf(result, 'trace/eager-load-explosion');
    expect(found).toMatchObject({
      severity: 'high',
      location: { file: 'src/users.ts', line: 31 },
      evidence: { facts: { parents: 1 } },
    });
    expect(found.summary).toContain(
      '(photos × 12, posts × 12, likes × 12, friends × 4, groups × 4, events × 4, badges × 4 for one)',
    );
    const [remedy] = found.remediation;
    expect(remedy).toMatchObject({ title: 'One query for each collection, 8 in all', verified: true });
    expect(remedy?.text.match(/^SELECT/gm)).toHaveLength(8);
    expect(remedy?.effect?.after).toBeLessThan((remedy?.effect?.before ?? 0) / 10);
    expect(insightOf(result, 'query/tables-joined').summary).toContain('photos, posts, likes');
    expect(insightOf(result, 'trace/slow-span').severity).toBe('high');
  });

  test('eight small queries are healthy', async () => {
    const sent = new Traced({ route: 'GET /users/:id' }).send('SELECT * FROM users WHERE id = $1', [42]);
    for (const name of collections) sent.send(`SELECT * FROM ${name} WHERE user_id = $1`, [42], { rows: 12 });
    const result = await reviewScenario(commandLine, { base, change, config, queries: sent.text });
    expect(rulesOf(result).filter((rule) => rule.startsWith('trace/'))).toEqual([]);
  });
});
