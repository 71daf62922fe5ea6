import { expect, test } from '@jest/globals';
import { layoutOf, read } from '../../support/layout.ts';

test('tern: a line between up and down, templates', () => {
  expect(
    read(layoutOf('tern', { prefix: 'app' }), {
      '001_a.sql':
        'CREATE TABLE {{.prefix}}_a (id int);\n---- create above / drop below ----\nDROP TABLE {{ .prefix }}_a;',
      '002_index.sql': '---- tern: disable-tx ----\nCREATE INDEX CONCURRENTLY a_id ON a (id);',
    }).migrations,
  ).toEqual([
    {
      path: '001_a.sql',
      version: '001',
      wrapping: 'transaction',
      up: ['1: CREATE TABLE app_a (id int)'],
      down: ['3: DROP TABLE app_a'],
    },
    {
      path: '002_index.sql',
      version: '002',
      wrapping: 'statements',
      up: ['2: CREATE INDEX CONCURRENTLY a_id ON a (id)'],
    },
  ]);
});

test('tern: what a template does beyond its data', () => {
  const files = { '001_a.sql': 'SELECT 1;\n{{ template "shared/a.sql" . }}' };
  expect(() => read(layoutOf('tern'), files)).toThrow(
    'the template action {{ template "shared/a.sql" . }} cannot be reviewed',
  );
});
