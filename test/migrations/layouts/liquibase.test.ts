import { describe, expect, test } from '@jest/globals';
import { layoutOf, read } from '../../support/layout.ts';

describe('liquibase', () => {
  const layout = layoutOf('liquibase', { owner: 'app' });

  test('changesets of a file, with their attributes and rollbacks', () => {
    const orders = [
      '--liquibase formatted sql',
      '--property name:rate value:7',
      '',
      '--changeset ann:1 labels:"a, b"',
      'CREATE TABLE a (id int DEFAULT ${rate});',
      "ALTER TABLE a OWNER TO ${owner}; SELECT '${kept}';",
      '--rollback DROP TABLE a;',
      '',
      '-- changeset ann:2 runInTransaction:false',
      'CREATE INDEX CONCURRENTLY a_id ON a (id);',
      '/* liquibase rollback',
      'DROP INDEX a_id;',
      '*/',
      '--changeset "ann lee":f endDelimiter:/ runOnChange:true',
      'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS',
      "'SELECT 4 / 2;'",
      '/',
      '--rollback empty',
      '--changeset bob:3 dbms:oracle',
      'SELECT 1 FROM dual;',
      '--changeset bob:4 runInTransaction:false splitStatements:false',
      '--ignoreLines:1',
      'nonsense',
      'SELECT 4;',
      '--ignoreLines:start',
      'more nonsense',
      'and more',
      '--ignoreLines:end',
      'SELECT 5;',
    ].join('\n');
    expect(read(layout, { 'orders.sql': orders })).toEqual({
      migrations: [
        {
          path: 'orders.sql',
          version: 'ann:1',
          wrapping: 'transaction',
          up: [
            '5: CREATE TABLE a (id int DEFAULT 7)',
            '6: ALTER TABLE a OWNER TO app',
            "6: SELECT '${kept}'",
          ],
          down: ['7: DROP TABLE a'],
        },
        {
          path: 'orders.sql',
          version: 'ann:2',
          wrapping: 'statements',
          up: ['10: CREATE INDEX CONCURRENTLY a_id ON a (id)'],
          down: ['12: DROP INDEX a_id'],
        },
        {
          path: 'orders.sql',
          version: 'ann lee:f',
          kind: 'repeatable',
          wrapping: 'transaction',
          up: ["15: CREATE FUNCTION f() RETURNS int LANGUAGE sql AS\n'SELECT 4 / 2;'"],
        },
        { path: 'orders.sql', version: 'bob:4', wrapping: 'one query', up: ['24: SELECT 4', '29: SELECT 5'] },
      ],
      remarks: [],
    });
  });

  test('a changelog says in which order files run; the rest follows by name', () => {
    const changeset = (id: string) => `--liquibase formatted sql\n--changeset a:${id}\nSELECT 1;`;
    expect(
      read(layout, {
        'db.changelog-master.yaml':
          'databaseChangeLog:\n  - include: { file: changes/users.sql }\n  - include: { file: changes/orders.sql }\n',
        'changes/orders.sql': changeset('o'),
        'changes/users.sql': changeset('u'),
        'changes/b.sql': changeset('b'),
        'changes/a.sql': changeset('a'),
        'raw.sql': 'SELECT 1;',
      }),
    ).toMatchObject({
      migrations: [{ version: 'a:u' }, { version: 'a:o' }, { version: 'a:a' }, { version: 'a:b' }],
      remarks: [{ kind: 'unversioned', path: 'db/raw.sql' }],
    });
  });
});
