import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readPsql } from '../../src/migrations/schema-file/psql.ts';
import { statementsOf } from '../../src/sql/statements.ts';
import { reviewProject } from '../support/project.ts';
import { TestRepository } from '../support/repository.ts';
import { TestServer, testedVersions } from '../support/server.ts';

const structure = readFileSync(join(import.meta.dirname, '../fixtures/schema/structure.sql'), 'utf8');
const withoutIndex = structure.replace(/^CREATE INDEX orders_customer_id .*$/m, '');

const workload = `SELECT id FROM orders WHERE customer_id = 42;
  SELECT total FROM billing.invoices i JOIN orders o ON o.id = i.order_id WHERE o.id = 1`;
const files = {
  'db/structure.sql': structure,
  'q.sql': workload,
  '.github/pg-guardrails.yml': 'schema: db/structure.sql\ntables:\n  orders: { rows: 5M }\n',
};

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function review(head: string, base: string | null = structure) {
    using repository = new TestRepository({ ...files, 'db/structure.sql': base ?? structure });
    if (base === null) repository.commit({}, ['db/structure.sql']);
    repository.git('checkout', '--quiet', '-b', 'change');
    repository.commit({ 'db/structure.sql': head });
    return await reviewProject(server.sandbox, repository.root, { workload: ['q.sql'] });
  }

  test('an index that a schema file no longer has is missed', async () => {
    const result = await review(withoutIndex);
    expect(result?.migrations).toEqual([]);
    expect(result?.insights.filter(({ origin }) => origin === 'introduced')).toContainEqual(
      expect.objectContaining({ rule: 'query/lost-index', severity: 'critical' }),
    );
    expect(result?.statistics.declared).toEqual(['public.orders']);
    expect(result?.queries.map(({ base, head }) => [base !== null, head !== null])).toEqual([
      [true, true],
      [true, true],
    ]);
  });

  test('what was made up for, and what was left out, is told', async () => {
    const result = await review(`${structure}\nALTER SYSTEM SET work_mem = '1GB';`);
    // Roles belong to the server, which the tests before have used.
    const remarks = result?.unchecked.filter(({ subject }) => !subject.startsWith('role'));
    const places = (search: string) => structure.slice(0, structure.indexOf(search)).split('\n').length;
    expect(remarks).toEqual([
      { subject: 'db/structure.sql', reason: 'the rows that it holds for COPY were not loaded' },
      expect.objectContaining({ subject: 'extension pg_stat_statements' }),
      expect.objectContaining({ subject: 'setting shop.customer' }),
      expect.objectContaining({ subject: 'setting shop.tenant' }),
      expect.objectContaining({ subject: `db/structure.sql:${places('CREATE PUBLICATION')}` }),
      expect.objectContaining({ subject: `db/structure.sql:${structure.split('\n').length + 1}` }),
    ]);
    expect(result?.insights.filter(({ origin }) => origin === 'introduced')).toEqual([]);
  });

  test('a file that is new is compared with nothing', async () => {
    const result = await review(structure, null);
    expect(result?.unchecked).toContainEqual({
      subject: 'db/structure.sql',
      reason: 'the base has no such file, so the schema was compared with an empty database',
    });
    expect(result?.queries.map(({ base, head }) => [base, head !== null])).toEqual([
      [null, true],
      [null, true],
    ]);
  });

  test.each(['head', 'base'])('a %s that does not load is told with its line', async (state) => {
    const broken = `${structure}\nCREATE TABLE public.orders ();`;
    const [head, base] = state === 'head' ? [broken, structure] : [structure, broken];
    await expect(review(head, base)).rejects.toMatchObject({
      problems: [
        {
          message: `the schema file of the ${state} fails: relation "orders" already exists`,
          location: { file: 'db/structure.sql', line: broken.split('\n').length },
        },
      ],
    });
  });
});

test('a schema file that does not change leaves nothing to review', async () => {
  using repository = new TestRepository(files);
  await using server = await TestServer.start(18);
  expect(await reviewProject(server.sandbox, repository.root, { workload: [] })).toBeNull();
});

test('a schema file cannot be compared by names of migrations', async () => {
  using repository = new TestRepository(files);
  await using server = await TestServer.start(18);
  const named = { comparison: { kind: 'named', files: ['x.sql'] } } as const;
  await expect(reviewProject(server.sandbox, repository.root, named)).rejects.toMatchObject({
    problems: [{ hint: expect.stringContaining('--new') }],
  });
  const missing = { schema: 'schema.sql' };
  await expect(reviewProject(server.sandbox, repository.root, missing)).rejects.toMatchObject({
    problems: [{ message: 'there is no schema file schema.sql' }],
  });
});

describe('psql', () => {
  test('a dump without what is not SQL keeps its lines', () => {
    const { text, copies } = readPsql('s.sql', structure);
    expect(text).toHaveLength(structure.length);
    expect(text.split('\n')).toHaveLength(structure.split('\n').length);
    expect(copies).toHaveLength(1);
    expect(statementsOf(text)).toMatchObject({ kind: 'parsed' });
    expect(text).toContain('-- \\d is no command here');
  });

  test('commands that would have to be carried out are all told', () => {
    const text =
      "\\set ON_ERROR_STOP on\n\\echo it's\n\\i other.sql\nSELECT '\n\\i';\n\\if true\nSELECT 1 \\gexec\n\\set name x";
    expect(() => readPsql('s.sql', text)).toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({
            message: 'the command \\i of psql is not carried out',
            location: { file: 's.sql', line: 3 },
          }),
          expect.objectContaining({ location: { file: 's.sql', line: 6 } }),
          expect.objectContaining({ location: { file: 's.sql', line: 7 } }),
          expect.objectContaining({ location: { file: 's.sql', line: 8 } }),
        ],
      }),
    );
  });

  test('what is quoted or commented out is left as it is', () => {
    const pieces = [
      "SELECT '\\a;'",
      "SELECT e'\\';\\b'",
      'SELECT "\\c;" FROM t',
      "/* \\d ; /* ; */ ' */ SELECT 1",
      "-- \\e ; '\nSELECT 2",
      'SELECT $$ \\f ; $x$ $$',
      'SELECT $x$ $$ \\g ; $x$',
      'SELECT 3 AS a$b',
      "SELECT U&'\\0061'",
    ];
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...pieces), fc.boolean())), (chosen) => {
        const text = chosen
          .map(
            ([piece, copies]) =>
              `${piece};\n${copies ? "COPY t (a) FROM stdin;\nit's\t\\\\x ; $$\n\\.\n\\restrict a'b\n" : ''}`,
          )
          .join('');
        const read = readPsql('s.sql', text);
        expect(read.text).toHaveLength(text.length);
        const kept = chosen.map(([piece]) => `${piece};`).join('');
        expect(read.text.replace(/\s/g, '')).toBe(kept.replace(/\s/g, ''));
        expect(read.copies).toHaveLength(chosen.filter(([, copies]) => copies).length);
      }),
    );
  });
});
