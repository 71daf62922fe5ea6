import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { observeChange } from '../../../src/migrations/observe.ts';
import { type LockMode, modeInWords, type StatementObservation } from '../../../src/model/observation.ts';
import { migration } from '../../support/migration.ts';
import { TestServer } from '../../support/server.ts';
import { type OracleCase, oracle } from './cases.ts';

const fixture = readFileSync(join(import.meta.dirname, 'fixture.sql'), 'utf8');

describe.each([14, 16, 18])('PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
    await server.sandbox.createDatabase('oracle');
    await using session = await server.sandbox.connect('oracle', 'owner');
    await session.script(fixture);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const cases = oracle.filter(({ since = 14, until = 18 }) => since <= major && major <= until);
  test.each(cases.map((each, index) => [nameOf(each), each, index] as const))(
    '%s',
    async (_, { sql, given = '', locks = [], rewrites = [], emptied = [], scans = [], fails }, index) => {
      const database = `oracle_${index}`;
      await server.sandbox.createDatabase(database, 'oracle');
      if (given !== '') {
        await using session = await server.sandbox.connect(database, 'owner');
        await session.script(given);
      }
      const [observed] = await observeChange(server.sandbox, database, [migration(sql)]);
      const statement = observed?.statements.at(-1);
      if (statement === undefined) throw new Error('nothing was observed');
      expect(seen(statement)).toEqual(fails === undefined ? { locks, rewrites, emptied, scans } : { fails });
    },
  );
});

function nameOf({ sql, given }: OracleCase): string {
  return given === undefined ? sql : `${sql}, given: ${given}`;
}

function seen({ outcome, locks, rewrites, emptied, scans }: StatementObservation) {
  if (outcome.kind === 'failed') return { fails: outcome.error.sqlstate };
  return {
    // Views are no tables.
    locks: locks
      .map(({ relation, mode }) => `${plain(relation)} ${initials(mode)}`)
      .filter((lock) => !/^[vw] /.test(lock)),
    rewrites: rewrites.map(plain),
    emptied: emptied.map(plain),
    scans: scans.map(({ relation, rows }) => `${plain(relation)} ${rows}`),
  };
}

function plain(relation: string): string {
  return relation.replace('public.', '');
}

/** `SHARE UPDATE EXCLUSIVE` is SUX, `ROW EXCLUSIVE` is RX, `ACCESS EXCLUSIVE` is AX. */
function initials(mode: LockMode): string {
  return modeInWords(mode)
    .split(' ')
    .map((word) => (word === 'EXCLUSIVE' ? 'X' : word.charAt(0)))
    .join('');
}
