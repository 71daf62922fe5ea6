import { expect, test } from '@jest/globals';
import { type JoinedTable, joinTree, multiplyingJoins } from '../../src/rules/fan-out.ts';
import { blocksOf, type QueryBlock } from '../../src/sql/blocks.ts';
import { parse } from '../../src/sql/grammar.ts';

function block(sql: string): QueryBlock {
  const parsed = parse(sql);
  const statement = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
  const [first] = statement === undefined ? [] : blocksOf(statement);
  if (first === undefined) throw new Error(sql);
  return first;
}

function table(
  name: string,
  columns: readonly string[],
  ...indexes: readonly (Partial<JoinedTable['indexes'][number]> & { readonly on: readonly string[] })[]
): JoinedTable {
  return {
    name: `public.${name}`,
    columns: columns.map((each) => ({ name: each })),
    indexes: [{ on: ['id'] }, ...indexes].map(({ on, ...index }) => ({
      unique: true,
      valid: true,
      predicate: null,
      keys: on.map((column) => ({
        column,
        expression: null,
        operatorClass: 'int8_ops',
        collation: null,
        descending: false,
        nullsFirst: false,
      })),
      ...index,
    })),
  };
}

const tables: readonly JoinedTable[] = [
  table('users', ['id', 'tenant_id', 'name'], { on: ['tenant_id', 'name'] }),
  table('posts', ['id', 'user_id', 'title'], { on: ['user_id'], unique: false }),
  table('photos', ['id', 'user_id']),
  table('profiles', ['id', 'user_id'], { on: ['user_id'] }),
  table('drafts', ['id', 'user_id', 'open'], { on: ['user_id'], predicate: 'open' }),
  table('comments', ['id', 'post_id', 'user_id']),
  table('likes', ['id', 'post_id', 'kind'], { on: ['post_id', 'kind'] }),
  table('broken', ['id', 'user_id'], { on: ['user_id'], valid: false }),
];

function toMany(sql: string, root: string | null = null) {
  const tree = joinTree(
    block(sql),
    ({ relation }) => tables.find(({ name }) => name === `public.${relation?.name}`) ?? null,
    root,
  );
  const names = (all: typeof tree) => all.map(({ source }) => source.alias);
  return { many: names(tree.filter((each) => each.toMany)), multiply: names(multiplyingJoins(tree)) };
}

test.each<readonly [sql: string, many: readonly string[], multiply: readonly string[]]>([
  ['SELECT FROM users u JOIN profiles p ON p.user_id = u.id', [], []],
  ['SELECT FROM users u JOIN posts p ON p.user_id = u.id', ['p'], []],
  ['SELECT FROM users u JOIN posts p ON u.id = p.user_id WHERE u.id = $1', ['p'], []],
  ['SELECT FROM posts p JOIN users u ON u.id = p.user_id', [], []],
  [
    'SELECT FROM users u, posts p, photos f WHERE p.user_id = u.id AND f.user_id = u.id',
    ['p', 'f'],
    ['p', 'f'],
  ],
  [
    'SELECT FROM users u JOIN posts p ON p.user_id = u.id JOIN photos f ON f.user_id = p.user_id',
    ['p', 'f'],
    ['p', 'f'],
  ],
  [
    'SELECT FROM users u JOIN posts p ON p.user_id = u.id JOIN comments c ON c.post_id = p.id',
    ['p', 'c'],
    [],
  ],
  [
    'SELECT FROM users u JOIN posts p ON p.user_id = u.id JOIN comments c ON c.post_id = p.id JOIN photos f ON f.user_id = u.id',
    ['p', 'c', 'f'],
    ['c', 'f'],
  ],
  ['SELECT FROM posts p JOIN likes l ON l.post_id = p.id', ['l'], []],
  ["SELECT FROM posts p JOIN likes l ON l.post_id = p.id AND l.kind = 'heart'", [], []],
  ['SELECT FROM posts p JOIN likes l ON l.post_id = p.id WHERE l.kind = $1', [], []],
  ["SELECT FROM posts p JOIN likes l ON l.post_id = p.id AND l.kind <> 'heart'", ['l'], []],
  [
    "SELECT FROM posts p JOIN likes l ON l.post_id = p.id AND (l.kind = 'heart' OR l.kind = 'star')",
    ['l'],
    [],
  ],
  ['SELECT FROM users u JOIN drafts d ON d.user_id = u.id', ['d'], []],
  ['SELECT FROM users u JOIN broken b ON b.user_id = u.id', ['b'], []],
  ['SELECT FROM posts JOIN photos USING (user_id)', ['photos'], []],
  ['SELECT FROM users u JOIN posts p ON user_id = u.id', ['p'], []],
  [
    'SELECT FROM users u JOIN (SELECT user_id, count(*) FROM posts GROUP BY user_id) p ON p.user_id = u.id',
    [],
    [],
  ],
  [
    'SELECT FROM users u JOIN (SELECT user_id, title FROM posts GROUP BY 1, 2) p ON p.user_id = u.id',
    ['p'],
    [],
  ],
  ['SELECT FROM users u JOIN (SELECT DISTINCT user_id FROM posts) p ON p.user_id = u.id', [], []],
  ['SELECT FROM users u, LATERAL (SELECT max(id) FROM posts WHERE user_id = u.id) p', [], []],
  [
    'WITH c AS (SELECT user_id FROM posts GROUP BY user_id) SELECT FROM users u JOIN c ON c.user_id = u.id',
    [],
    [],
  ],
  ['SELECT FROM users u JOIN some_view v ON v.user_id = u.id', [], []],
  ['SELECT FROM users u CROSS JOIN posts p', [], []],
])('%s', (sql, many, multiply) => {
  expect(toMany(sql)).toEqual({ many, multiply });
});

test('what is to many depends on where one begins', () => {
  const sql = 'SELECT FROM posts p JOIN users u ON u.id = p.user_id JOIN photos f ON f.user_id = u.id';
  expect(toMany(sql)).toEqual({ many: ['f'], multiply: [] });
  expect(toMany(sql, 'u')).toEqual({ many: ['p', 'f'], multiply: ['p', 'f'] });
});
