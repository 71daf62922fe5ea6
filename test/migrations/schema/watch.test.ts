import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { differences } from '../../../src/migrations/schema/differences.ts';
import { readSchema } from '../../../src/migrations/schema/read.ts';
import {
  type CatalogueWrites,
  catalogueWritesQuery,
  readCatalogueWrites,
  readSchemaAgain,
  writtenBetween,
} from '../../../src/migrations/schema/watch.ts';
import { type LockMode, lockModes } from '../../../src/model/observation.ts';
import type { Schema } from '../../../src/model/schema.ts';
import type { Session } from '../../../src/model/server.ts';
import { TestServer, testedVersions } from '../../support/server.ts';
import { fixture, newStatements, statements } from './statements.ts';

async function writesOf(session: Session): Promise<CatalogueWrites> {
  return readCatalogueWrites(await session.query(catalogueWritesQuery));
}

async function locksOf(session: Session): Promise<ReadonlyMap<number, readonly LockMode[]>> {
  const rows = await session.query(`SELECT relation, mode FROM pg_catalog.pg_locks
    WHERE pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid() AND relation OPERATOR(pg_catalog.>=) 16384`);
  const byRelation = Map.groupBy(rows, (row) => Number(row['relation']));
  return new Map(
    [...byRelation].map(([oid, locks]) => [
      oid,
      lockModes.filter((mode) => locks.some((lock) => lock['mode'] === mode)),
    ]),
  );
}

function sorted(schema: Schema) {
  return [...schema.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  let session: Session;
  let before: Schema;
  beforeAll(async () => {
    server = await TestServer.start(major);
    session = await server.session('', 'superuser');
    await session.script(fixture);
    before = await readSchema(session);
  });
  afterAll(async () => {
    await session[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const all = major === 18 ? [...statements, ...newStatements] : statements;

  test.each(all)('reads after it what a full reading finds: %s', async (sql) => {
    await session.script('BEGIN');
    try {
      const counted = await writesOf(session);
      await session.script(sql);
      const written = writtenBetween(counted, await writesOf(session));
      const locks = await locksOf(session);
      const step = await readSchemaAgain(session, before, written, locks);
      const full = await readSchema(session);
      expect(sorted(step.schema)).toEqual(sorted(full));
      expect(step.differences).toEqual(differences(before, full));
      expect(await locksOf(session)).toEqual(locks);
    } finally {
      await session.script('ROLLBACK');
    }
  });

  test('follows the statements of one transaction, in any order', async () => {
    const each = [
      'ALTER TABLE big ADD COLUMN more int',
      'CREATE TABLE after (id int PRIMARY KEY, big_id bigint REFERENCES big)',
      'ALTER TABLE big RENAME COLUMN a TO amount',
      'CREATE INDEX big_ref ON big (ref_id)',
      'GRANT SELECT ON ref TO PUBLIC',
      'ALTER TABLE child ADD UNIQUE (big_id)',
      'DROP VIEW seen CASCADE',
      'ALTER DOMAIN positive ADD CONSTRAINT odd CHECK (VALUE % 2 = 1) NOT VALID',
      'ALTER TABLE part ADD COLUMN extra int',
      'DROP TABLE heir',
    ];
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(each, { minLength: 5 }), async (chosen) => {
        await session.script('BEGIN');
        let known = before;
        let counted = await writesOf(session);
        for (const sql of chosen) {
          await session.script(sql);
          const now = await writesOf(session);
          const written = writtenBetween(counted, now);
          const step = await readSchemaAgain(session, known, written, await locksOf(session));
          known = step.schema;
          counted = now;
        }
        expect(sorted(known)).toEqual(sorted(await readSchema(session)));
        await session.script('ROLLBACK');
      }),
      { numRuns: 10 },
    );
  });
});
