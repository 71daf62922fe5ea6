import { expect, test } from '@jest/globals';
import { columnsSetOnDelete, functionsOf } from '../../src/sql/constraint.ts';

// As pg_get_constraintdef prints them.
test.each([
  ['CHECK ((a > 0))', []],
  ['CHECK ((at <= now()))', ['now']],
  [
    'CHECK (((at < CURRENT_TIMESTAMP) OR (owner = CURRENT_USER))) NOT VALID',
    ['CURRENT_TIMESTAMP', 'CURRENT_USER'],
  ],
  ['CHECK ((at < LOCALTIMESTAMP(3)))', ['LOCALTIMESTAMP']],
  ['CHECK ((app.is_email(lower(email)) AND (lower(email) = email)))', ['app.is_email', 'lower']],
  ['CHECK ((a > 0)) NO INHERIT NOT ENFORCED', []],
  ['PRIMARY KEY (id)', []],
  ['NOT NULL a', []],
  ['what no grammar knows (', []],
])('%s calls %j', (definition, functions) => {
  expect(functionsOf(definition)).toEqual(functions);
});

test.each([
  ['FOREIGN KEY (a, b) REFERENCES public.t(a, b) ON DELETE SET NULL', null],
  ['FOREIGN KEY (a, b) REFERENCES public.t(a, b) ON DELETE SET NULL (b) NOT VALID', ['b']],
  ['FOREIGN KEY (a, "B") REFERENCES public.t(a, b) ON UPDATE CASCADE ON DELETE SET DEFAULT ("B")', ['B']],
])('%s sets %j', (definition, columns) => {
  expect(columnsSetOnDelete(definition)).toEqual(columns);
});
