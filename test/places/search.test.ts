import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mayHoldQueries, QueryTexts } from '../../src/places/search.ts';

const sent = 'SELECT id, name FROM users WHERE org_id = $1 AND name ILIKE $2 ORDER BY id LIMIT 10';

/** Where a text is found among files. */
function find(files: Readonly<Record<string, string>>, sql: string) {
  const texts = new QueryTexts();
  for (const [path, source] of Object.entries(files)) texts.add(path, source);
  return texts.find(sql);
}

/** The same query, as each language writes it; it begins on the line of the mark. */
const sources: Readonly<Record<string, string>> = {
  'src/a.ts': `const quote = "'";
export const find = (org: number, q: string) =>
  pool.query(
    \`
      SELECT id, name FROM users -- here
      WHERE org_id = \${org} AND name ILIKE \${likely({ q: \`%\${q}%\` })}
      ORDER BY id LIMIT 10
    \`);`,
  'src/b.js': `const sql = 'SELECT id, name FROM users ' + // here
  'WHERE org_id = $1 AND name ILIKE $2 ' +
  'ORDER BY id LIMIT 10';`,
  'app/c.py': `def find(org):
    """It's a docstring."""
    cur.execute(f"SELECT id, name FROM users " # here
                "WHERE org_id = %s AND name ILIKE %(q)s "
                "ORDER BY id LIMIT 10", (org,))`,
  'app/d.rb': `# don't
def find(org)
  exec(<<~SQL, org)
    SELECT id, name FROM users -- here
    WHERE org_id = $1 AND name ILIKE '#{q}'
    ORDER BY id LIMIT 10
  SQL
end`,
  'app/e.go': `package app
var c = '"'
const find = \`SELECT id, name FROM users -- here
  WHERE org_id = $1 AND name ILIKE $2 ORDER BY id LIMIT 10\``,
  'src/F.java': `class F { // don't
  static final char Q = '"';
  String sql = """
      SELECT id, name FROM users -- here
      WHERE org_id = ? AND name ILIKE :q
      ORDER BY id LIMIT 10""";
}`,
  'src/G.cs': `var q = '"';
var sql = @"SELECT id, name FROM users -- here
  WHERE org_id = @org AND name ILIKE @q ORDER BY id LIMIT 10";`,
  'src/h.php': `<?php // don't
$sql = 'SELECT id, name FROM users ' . // here
  'WHERE org_id = ' . $org . ' AND name ILIKE ? ORDER BY id LIMIT 10';`,
  'src/i.php': `<?php
$sql = <<<SQL
  SELECT id, name FROM users -- here
  WHERE org_id = {$org} AND name ILIKE :q ORDER BY id LIMIT 10
  SQL;`,
  'src/j.rs': `fn find<'a>(x: &'a str) {
  sqlx::query(r#"SELECT id, name FROM users -- here
    WHERE org_id = $1 AND name ILIKE $2 ORDER BY id LIMIT 10"#)
}`,
  'src/K.kt': `val sql = "SELECT id, name FROM users " + // here
  "WHERE org_id = $org AND name ILIKE \${q.lower()} ORDER BY id LIMIT 10"`,
  'queries/l.sql': `-- don't
SELECT id, name FROM users -- here
WHERE org_id = $1 AND name ILIKE $2 ORDER BY id LIMIT 10;
SELECT id FROM orders;`,
};

describe('the text of a query in source code', () => {
  test.each(Object.keys(sources))('%s', (path) => {
    const source = sources[path] ?? '';
    const line = source.split('\n').findIndex((text) => /(?:--|\/\/|#) here/.test(text)) + 1;
    expect(find({ [path]: source }, sent)).toEqual({ file: path, line });
  });

  test('with the values that a driver put in, and with the parameters that a server took them out for', () => {
    const files = { 'a.ts': "query('SELECT id FROM users WHERE org_id = $1 AND kind = 5')" };
    const place = { file: 'a.ts', line: 1 };
    expect(find(files, 'SELECT id FROM users WHERE org_id = 7 AND kind = 5')).toEqual(place);
    expect(find(files, 'SELECT id FROM users WHERE org_id = $1 AND kind = $2')).toEqual(place);
    expect(find(files, 'SELECT id FROM users WHERE org_id = $1 AND kind = 6')).toBeNull();
  });

  test('lists of any length are one', () => {
    const files = { 'a.ts': 'query(`SELECT id FROM users WHERE id IN (${ids.join()})`)' };
    expect(find(files, 'SELECT id FROM users WHERE id IN (1, 2, 3)')).toEqual({ file: 'a.ts', line: 1 });
  });
});

describe('no line is claimed', () => {
  const literal = "query('SELECT id FROM users WHERE id = $1')";

  test('where two places have the text', () => {
    expect(find({ 'a.ts': literal, 'b.ts': literal }, 'SELECT id FROM users WHERE id = $1')).toBeNull();
    expect(find({ 'a.ts': `${literal}\n${literal}` }, 'SELECT id FROM users WHERE id = $1')).toBeNull();
  });

  test('for what a builder or ORM wrote, although it means the same', () => {
    expect(find({ 'a.ts': literal }, 'select "id" from "users" where "id" = $1')).toBeNull();
  });

  test('for a part of a text, or one that more is added to', () => {
    const sql = 'SELECT id FROM users WHERE id = $1';
    expect(find({ 'a.ts': `query('${sql}' + order)` }, sql)).toBeNull();
    expect(find({ 'a.ts': `query('INSERT INTO a ' + '${sql}')` }, sql)).toBeNull();
    expect(find({ 'a.ts': `query(with + '${sql}')` }, sql)).toBeNull();
    expect(find({ 'a.ts': `query('${sql} FOR UPDATE')` }, sql)).toBeNull();
    expect(find({ 'a.ts': 'query(`SELECT ${columns} FROM users WHERE id = $1`)' }, sql)).toBeNull();
  });

  test('for text in comments', () => {
    expect(
      find({ 'a.ts': `// ${literal}\n/* ${literal} */` }, 'SELECT id FROM users WHERE id = $1'),
    ).toBeNull();
    expect(find({ 'a.py': `# ${literal}` }, 'SELECT id FROM users WHERE id = $1')).toBeNull();
  });

  test('for what is too short to be known by, and several statements', () => {
    expect(find({ 'a.ts': "query('SELECT 1')" }, 'SELECT 1')).toBeNull();
    const both = 'DELETE FROM a WHERE id = 1; DELETE FROM b WHERE id = 1';
    expect(find({ 'a.ts': `query('${both}')` }, both)).toBeNull();
  });

  test('in what others wrote, or programs', () => {
    for (const path of ['vendor/a.rb', 'x/node_modules/a.js', 'dist/a.js', 'a.min.js', 'a_pb2.py', 'a.md']) {
      expect(mayHoldQueries(path)).toBe(false);
    }
    expect(find({ 'a.ts': `// @generated\n${literal}` }, 'SELECT id FROM users WHERE id = $1')).toBeNull();
  });
});

test('whatever code there is, a place holds the text', () => {
  const words = [
    'SELECT',
    'id',
    '$1',
    "'",
    '"',
    '`',
    '\n',
    '//',
    '/*',
    '*/',
    '#',
    '${',
    '}',
    '\\',
    ' + ',
    'FROM t WHERE a = ',
  ];
  const sql = 'SELECT id FROM t WHERE a = $1';
  const pieces = fc.array(fc.oneof(fc.constantFrom(...words), fc.constant(`'${sql}'`)), { maxLength: 30 });
  fc.assert(
    fc.property(
      pieces,
      fc.constantFrom('a.ts', 'a.py', 'a.rb', 'a.go', 'a.php', 'a.cs', 'a.rs'),
      (parts, path) => {
        const source = parts.join(' ');
        const place = find({ [path]: source }, sql);
        if (place === null) return;
        const from = source
          .split('\n')
          .slice(place.line - 1)
          .join('\n');
        expect(from).toMatch(/SELECT[\s\S]*id[\s\S]*FROM t WHERE a = /);
      },
    ),
    { numRuns: 3_000 },
  );
});
