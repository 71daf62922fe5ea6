import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readCatalogue } from '../../../src/migrations/catalogue.ts';
import { observeChange } from '../../../src/migrations/observe.ts';
import { succeeded } from '../../../src/model/observation.ts';
import type { Sandbox } from '../../../src/model/server.ts';
import { TestServer, testedVersions } from '../../support/server.ts';
import { tools } from '../../support/tool-projects.ts';
import { migrateProject, projectWithPackages } from '../../support/tools.ts';

/** Tables that tools make for themselves, which the change's migrations leave out. */
const ownTables = /^(?:knex_migrations|knex_migrations_lock|migrations|__drizzle_migrations|pgmigrations)$/;

/** The project's tables without their oids, which differ from database to database. */
async function tablesOf(sandbox: Sandbox, database: string): Promise<unknown> {
  await using session = await sandbox.connect(database, 'owner');
  const { tables } = await readCatalogue(session);
  const own = tables.filter(({ name }) => !ownTables.test(name));
  return JSON.parse(JSON.stringify(own, (key, value) => (key === 'oid' ? undefined : value)));
}

describe.each(testedVersions)('on PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major, 60_000, true);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test.each(tools)('what $name does is done again', async ({ base, change: files, command, expected }) => {
    using project = projectWithPackages(base, files);
    const { change, incomplete, sandbox } = await migrateProject(server.sandbox, project.root, command);
    expect(incomplete).toEqual([]);
    expect(
      change.added.map(({ path, wrapping, text, lines = [] }) => ({
        path,
        wrapping,
        statements: text
          .trim()
          .split(/\s*;\s*(?:\n|$)/)
          .filter((sql) => sql !== ''),
        lines,
      })),
    ).toEqual(expected);

    await sandbox.createDatabase('head', 'base');
    const observations = await observeChange(sandbox, 'head', change.added);
    expect(observations.every(succeeded)).toBe(true);
    expect(await tablesOf(sandbox, 'head')).toEqual(await tablesOf(sandbox, 'tool'));
    expect(await tablesOf(sandbox, 'head')).not.toEqual(await tablesOf(sandbox, 'base'));
    expect(observations.map(({ file, statements }) => [file, ...statements.map(({ line }) => line)])).toEqual(
      expected.map(({ path, lines }) => [path, ...lines]),
    );
  });
});
