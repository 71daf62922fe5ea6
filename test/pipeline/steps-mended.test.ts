import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Insight } from '../../src/model/insight.ts';
import { reviewProject, TestProject } from '../support/project.ts';
import { TestServer, testedVersions } from '../support/server.ts';

const base = `
  CREATE TABLE audits (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    auditable_type text NOT NULL,
    auditable_id bigint NOT NULL,
    version int NOT NULL
  );
  CREATE INDEX audits_auditable ON audits (auditable_type, auditable_id);
  CREATE VIEW versions AS SELECT auditable_id, version FROM audits;
  CREATE TABLE stock (warehouse int NOT NULL, product bigint NOT NULL, quantity int NOT NULL);
  CREATE UNIQUE INDEX stock_once ON stock (warehouse, product);`;

const latest = {
  sql: 'SELECT max(version) FROM audits WHERE auditable_id = $1 AND auditable_type = $2',
  params: [17, 'Order'],
  route: 'latest version',
};
const upsert = {
  sql: 'INSERT INTO stock VALUES ($1, $2, $3) ON CONFLICT (warehouse, product) DO UPDATE SET quantity = excluded.quantity',
  params: [1, 2, 3],
  route: 'upsert',
};

const config = `
pool: 20
workload: [captured.ndjson]
tables:
  audits: { rows: 40M, columns: { auditable_type: { distinct: 12 }, auditable_id: { distinct: 8M } } }
  stock: { rows: 30M }`;

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function reviewed(
    rule: string,
    texts: readonly string[],
    query: object,
  ): Promise<readonly Insight[]> {
    const added = texts.map((text, index) => [`migrations/000${index + 2}_change.sql`, text] as const);
    using project = new TestProject({
      '.github/pg-guardrails.yml': config,
      'captured.ndjson': JSON.stringify(query),
      'migrations/0001_base.sql': base,
      ...Object.fromEntries(added),
    });
    const comparison = { kind: 'named', files: added.map(([path]) => path) } as const;
    const review = await reviewProject(server.sandbox, project.root, { comparison });
    return (review?.insights ?? []).filter((insight) => insight.rule === rule);
  }

  const drop = 'DROP INDEX audits_auditable;';
  const create =
    'CREATE INDEX CONCURRENTLY audits_version ON audits (auditable_type, auditable_id, version);';

  test('what two migrations do is put in the other order, and no step of that is worse', async () => {
    const [gap, ...others] = await reviewed('migration/plan-gap', [drop, create], latest);
    expect(others).toEqual([]);
    const [remedy] = gap?.remediation ?? [];
    expect(remedy).toMatchObject({
      title: 'Create the new index before the old one is dropped',
      verified: true,
      effect: { unit: 'planner cost at the worst step of the deploy' },
      migration: {
        replaces: 'migrations/0002_change.sql',
        alsoReplaces: ['migrations/0003_change.sql'],
      },
    });
    const files = remedy?.migration?.files.map(({ text }) => text.trim());
    expect(files).toEqual([
      expect.stringMatching(/^CREATE INDEX CONCURRENTLY audits_version/),
      expect.stringMatching(/^DROP INDEX CONCURRENTLY public\.audits_auditable;$/),
    ]);
    const { before = 0, after = 0 } = remedy?.effect ?? {};
    expect(before).toBeGreaterThan(400_000);
    expect(after).toBeLessThan(1_000);
  });

  test('both in one file', async () => {
    const [gap] = await reviewed('migration/plan-gap', [`${drop}\n${create}`], latest);
    const verified = gap?.remediation.filter((each) => each.verified);
    expect(verified).toHaveLength(1);
  });

  test('a migration that stands between them stays there', async () => {
    const change = [drop, 'CREATE TABLE notes (id int PRIMARY KEY);', create];
    const [gap] = await reviewed('migration/plan-gap', change, latest);
    const files = gap?.remediation[0]?.migration?.files.map(({ text }) => text.trim());
    expect(files).toEqual([
      expect.stringContaining('CREATE TABLE notes'),
      expect.stringMatching(/^CREATE INDEX CONCURRENTLY audits_version/),
      expect.stringMatching(/^DROP INDEX CONCURRENTLY/),
    ]);
  });

  test('an upsert keeps its unique index', async () => {
    const change = [
      'DROP INDEX stock_once;',
      'CREATE UNIQUE INDEX CONCURRENTLY stock_again ON stock (product, warehouse);',
    ];
    const [failure] = await reviewed('migration/query-fails-in-between', change, upsert);
    expect(failure?.remediation[0]).toMatchObject({
      title: 'Create the new index before the old one is dropped',
      verified: true,
    });
  });

  test('what takes no time is committed together', async () => {
    const change = [
      'DROP VIEW versions;',
      'CREATE VIEW versions AS SELECT auditable_id, version FROM audits WHERE version > 1;',
    ];
    const query = { sql: 'SELECT version FROM versions WHERE auditable_id = 4', route: 'it' };
    const [failure] = await reviewed('migration/query-fails-in-between', change, query);
    expect(failure?.remediation[0]).toMatchObject({ title: 'Commit both together', verified: true });
    expect(failure?.remediation[0]?.migration?.files).toHaveLength(1);
  });

  test('what is missing in between is put back in the same transaction', async () => {
    const change = [
      'DROP VIEW versions;',
      'CREATE VIEW versions AS SELECT auditable_id, version, id FROM audits;',
    ];
    const [missing] = await reviewed('migration/missing-in-between', change, latest);
    expect(missing?.remediation[0]).toMatchObject({ title: 'Commit both together', verified: true });
  });

  test('what is no better is not offered', async () => {
    const change = [
      'ALTER TABLE audits RENAME version TO number;',
      'CREATE INDEX CONCURRENTLY on_number ON audits (number);',
      'ALTER TABLE audits RENAME number TO version;',
    ];
    const [failure] = await reviewed('migration/query-fails-in-between', change, latest);
    expect(failure?.remediation.filter((each) => each.verified)).toEqual([]);
  });
});
