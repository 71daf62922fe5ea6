import { describe, expect, test } from '@jest/globals';
import { layoutOf, read } from '../../support/layout.ts';

const doBlock = 'DO $$ BEGIN\n  PERFORM 1;\nEND $$;';

describe('goose', () => {
  const layout = layoutOf('goose', { SCHEMA: 'app' });

  test('halves, statement blocks, transaction modes, versions as numbers', () => {
    expect(
      read(layout, {
        '00010_index.sql': [
          '-- +goose no transaction',
          '-- +goose Up',
          'CREATE INDEX CONCURRENTLY a_id ON a (id);',
          '-- +goose Down',
          'DROP INDEX CONCURRENTLY a_id;',
        ].join('\n'),
        '00009_a.sql': [
          '-- +goose Up',
          'CREATE TABLE a (id int);',
          '-- +goose StatementBegin',
          doBlock,
          '-- +goose StatementEnd',
          '',
          '-- +goose Down',
          'DROP TABLE a;',
        ].join('\n'),
        '00011_code.go': 'package migrations',
        'seed.sql': 'SELECT 1;',
      }),
    ).toEqual({
      migrations: [
        {
          path: '00009_a.sql',
          version: '00009',
          wrapping: 'transaction',
          up: ['2: CREATE TABLE a (id int)', `4: ${doBlock.slice(0, -1)}`],
          down: ['10: DROP TABLE a'],
        },
        {
          path: '00010_index.sql',
          version: '00010',
          wrapping: 'statements',
          up: ['3: CREATE INDEX CONCURRENTLY a_id ON a (id)'],
          down: ['5: DROP INDEX CONCURRENTLY a_id'],
        },
      ],
      remarks: [
        { kind: 'in code', path: 'db/00011_code.go' },
        { kind: 'unversioned', path: 'db/seed.sql' },
      ],
    });
  });

  test('variables of the environment, where they are put in', () => {
    const text = [
      '-- +goose Up',
      "SELECT '${SCHEMA}';",
      '-- +goose ENVSUB ON',
      'CREATE TABLE ${SCHEMA}.a (id int DEFAULT ${START:-1});',
      '-- +goose ENVSUB OFF',
      "SELECT '$SCHEMA';",
    ].join('\n');
    expect(read(layout, { '1_a.sql': text }).migrations[0]?.up).toEqual([
      "2: SELECT '${SCHEMA}'",
      '4: CREATE TABLE app.a (id int DEFAULT 1)',
      "6: SELECT '$SCHEMA'",
    ]);
  });

  test('a file that goose refuses', () => {
    expect(() => read(layout, { '1_a.sql': 'SELECT 1;', '2_b.sql': 'SELECT 2;' })).toThrow(
      /no `-- \+goose Up` in it; .*no `-- \+goose Up` in it/,
    );
  });
});
