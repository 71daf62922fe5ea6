import { describe, expect, test } from '@jest/globals';
import { layoutOf, read } from '../../support/layout.ts';

describe('flyway', () => {
  const layout = layoutOf('flyway', { owner: 'app', limit: '10' });

  test('versioned, undo, repeatable and baseline files, in folders too, with their own configuration', () => {
    expect(
      read(layout, {
        'V2__b.sql': 'ALTER TABLE a OWNER TO ${owner};',
        'V1_10__late.sql': 'SELECT 110;',
        '2026/V1.9__early.sql': 'SELECT 109;',
        'V3__index.sql': 'CREATE INDEX CONCURRENTLY a_id ON a (id);',
        'V3__index.sql.conf': 'executeInTransaction=false',
        'U3__index.sql': 'DROP INDEX a_id;',
        'B2__all.sql': 'CREATE TABLE a (id int);',
        'R__views.sql': 'CREATE VIEW v AS SELECT 1 LIMIT ${limit};',
        'R__functions.sql': "SELECT '${kept}';",
        'R__functions.sql.conf': 'placeholderReplacement=false',
        'V4__code.java': 'class V4__code {}',
        'other.sql': '',
      }),
    ).toEqual({
      migrations: [
        { path: '2026/V1.9__early.sql', version: '1.9', wrapping: 'unknown', up: ['1: SELECT 109'] },
        { path: 'V1_10__late.sql', version: '1_10', wrapping: 'unknown', up: ['1: SELECT 110'] },
        { path: 'V2__b.sql', version: '2', wrapping: 'unknown', up: ['1: ALTER TABLE a OWNER TO app'] },
        {
          path: 'B2__all.sql',
          version: '2',
          kind: 'baseline',
          wrapping: 'unknown',
          up: ['1: CREATE TABLE a (id int)'],
        },
        {
          path: 'V3__index.sql',
          version: '3',
          wrapping: 'statements',
          up: ['1: CREATE INDEX CONCURRENTLY a_id ON a (id)'],
          down: ['1: DROP INDEX a_id'],
        },
        {
          path: 'R__functions.sql',
          version: 'functions',
          kind: 'repeatable',
          wrapping: 'unknown',
          up: ["1: SELECT '${kept}'"],
        },
        {
          path: 'R__views.sql',
          version: 'views',
          kind: 'repeatable',
          wrapping: 'unknown',
          up: ['1: CREATE VIEW v AS SELECT 1 LIMIT 10'],
        },
      ],
      remarks: [
        { kind: 'unversioned', path: 'db/other.sql' },
        { kind: 'in code', path: 'db/V4__code.java' },
      ],
    });
  });

  test('placeholders without a value, all at once, with their lines', () => {
    const problems = [
      ['${a}', 'db/V1__a.sql', 2],
      ['${b}', 'db/V1__a.sql', 3],
      ['${flyway:user}', 'db/V2__b.sql', 1],
    ].map(([spelled, file, line]) =>
      expect.objectContaining({
        message: `the placeholder ${spelled} has no value`,
        location: { file, line },
      }),
    );
    expect(() =>
      read(layout, { 'V1__a.sql': "SELECT 1;\nSELECT '${a}';\n-- ${b}", 'V2__b.sql': '${flyway:user}' }),
    ).toThrow(expect.objectContaining({ problems }));
  });
});
