import { describe, expect, test } from '@jest/globals';
import { layoutOf, read } from '../../support/layout.ts';

describe('sqitch', () => {
  const plan = [
    '%syntax-version=1.0.0',
    '%project=shop',
    '',
    'tables 2026-01-01T00:00:00Z Ann <ann@example.org> # first',
    'totals [tables] 2026-01-02T00:00:00Z Ann <ann@example.org>',
    '@v1 2026-01-03T00:00:00Z Ann <ann@example.org>',
    'api/orders 2026-01-03T00:00:00Z Ann <ann@example.org>',
    'totals [totals@v1] 2026-01-04T00:00:00Z Ann <ann@example.org>',
  ].join('\n');
  const layout = layoutOf('sqitch', { schema: 'my app' });

  test('the plan says what runs; reworked changes keep their scripts; psql variables', () => {
    expect(
      read(layout, {
        'sqitch.plan': plan,
        'deploy/tables.sql':
          "-- Deploy\n\\set ON_ERROR_STOP on\nBEGIN;\nCREATE TABLE :\"schema\".a (id int);\nSELECT :'schema', 'a:schema'::text;\nCOMMIT;\n",
        'revert/tables.sql': 'DROP TABLE :"schema".a;',
        'verify/tables.sql': 'SELECT 1/0;',
        'deploy/totals@v1.sql': 'SELECT 1;',
        'deploy/totals.sql': '\\set rate 7\nSELECT :rate;',
        'deploy/api/orders.sql': 'SELECT 3;',
        'deploy/forgotten.sql': 'SELECT 4;',
      }),
    ).toEqual({
      migrations: [
        {
          path: 'deploy/tables.sql',
          version: 'tables',
          wrapping: 'statements',
          up: [
            '3: BEGIN',
            '4: CREATE TABLE "my app".a (id int)',
            "5: SELECT 'my app', 'a:schema'::text",
            '6: COMMIT',
          ],
          down: ['1: DROP TABLE "my app".a'],
        },
        { path: 'deploy/totals@v1.sql', version: 'totals', wrapping: 'statements', up: ['1: SELECT 1'] },
        { path: 'deploy/api/orders.sql', version: 'api/orders', wrapping: 'statements', up: ['1: SELECT 3'] },
        { path: 'deploy/totals.sql', version: 'totals#2', wrapping: 'statements', up: ['2: SELECT 7'] },
      ],
      remarks: [{ kind: 'unversioned', path: 'db/deploy/forgotten.sql' }],
    });
  });

  test('meta-commands that do something', () => {
    const files = {
      'sqitch.plan': 'a 2026-01-01 x <x@y>',
      'deploy/a.sql': 'SELECT 1;\n\\ir other.sql\n\\gexec',
    };
    expect(() => read(layout, files)).toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({ location: { file: 'db/deploy/a.sql', line: 2 } }),
          expect.objectContaining({ message: 'the meta-command \\gexec of psql cannot be reviewed' }),
        ],
      }),
    );
  });
});
