import { describe, expect, test } from '@jest/globals';
import { changeByGit, changeByName } from '../../src/change/change.ts';
import { plain } from '../../src/migrations/layouts/plain.ts';
import type { Change } from '../../src/model/change.ts';
import { TestProject } from '../support/project.ts';
import { TestRepository } from '../support/repository.ts';

const source = (root: string) => ({ root, folder: 'db/migrations', layout: plain });

function names(list: readonly { readonly path: string }[]): readonly string[] {
  return list.map(({ path }) => path.slice('db/migrations/'.length));
}

function told(change: Change) {
  return { base: names(change.base), added: names(change.added), touched: change.touched };
}

const base = {
  'db/migrations/0001_a.sql': 'CREATE TABLE a (id int);',
  'db/migrations/0002_b.sql': 'CREATE TABLE b (id int);',
  'db/migrations/0003_c.sql': 'CREATE TABLE c (id int);',
  'src/query.ts': Array.from({ length: 30 }, (_, index) => `line ${index + 1}`).join('\n'),
};

describe('told by git', () => {
  test('added, modified, renamed and deleted migrations, each with the text that production has run', async () => {
    using repository = new TestRepository(base);
    repository.git('checkout', '--quiet', '-b', 'feature');
    repository.commit(
      {
        'db/migrations/0001_a.sql': 'CREATE TABLE a (id bigint);',
        'db/migrations/0002_renamed.sql': base['db/migrations/0002_b.sql'],
        'db/migrations/0004_d.sql': 'CREATE TABLE d (id int);',
        'db/migrations/README.md': 'none',
      },
      ['db/migrations/0002_b.sql', 'db/migrations/0003_c.sql'],
    );
    // A file that git does not track yet is part of the change too.
    repository.write({ 'db/migrations/0005_e.sql': 'CREATE TABLE e (id int);' });
    const change = await changeByGit(source(repository.root), null);
    expect(told(change)).toEqual({
      base: ['0001_a.sql', '0002_b.sql', '0003_c.sql'],
      added: ['0004_d.sql', '0005_e.sql'],
      touched: [
        {
          kind: 'modified',
          path: 'db/migrations/0001_a.sql',
          before: 'CREATE TABLE a (id int);',
          after: 'CREATE TABLE a (id bigint);',
        },
        { kind: 'renamed', path: 'db/migrations/0002_renamed.sql', from: 'db/migrations/0002_b.sql' },
        { kind: 'deleted', path: 'db/migrations/0003_c.sql' },
      ],
    });
    expect(change.base[0]?.text).toBe(base['db/migrations/0001_a.sql']);
  });

  test('what the default branch has gained since is not part of it', async () => {
    using repository = new TestRepository(base);
    repository.git('checkout', '--quiet', '-b', 'feature');
    repository.commit({ 'db/migrations/0004_d.sql': 'SELECT 1;' });
    repository.git('checkout', '--quiet', 'main');
    repository.commit({ 'db/migrations/0004_other.sql': 'SELECT 2;' });
    repository.git('checkout', '--quiet', 'feature');
    const change = await changeByGit(source(repository.root), null);
    expect(told(change)).toMatchObject({ base: names(change.base), added: ['0004_d.sql'] });
    expect(change.comparison).toMatchObject({ kind: 'git', base: 'main' });
  });

  test('names with spaces, quotes and letters of any language', async () => {
    using repository = new TestRepository(base);
    const odd = `db/migrations/0004_ä "b' c.sql`;
    repository.git('checkout', '--quiet', '-b', 'feature');
    repository.commit({ [odd]: 'SELECT 1;' });
    expect((await changeByGit(source(repository.root), 'main')).added.map(({ path }) => path)).toEqual([odd]);
  });

  test('in a folder below the root of the repository', async () => {
    using repository = new TestRepository({ 'service/db/migrations/0001_a.sql': 'SELECT 1;' });
    repository.git('checkout', '--quiet', '-b', 'feature');
    repository.commit({
      'service/db/migrations/0002_b.sql': 'SELECT 2;',
      'service/db/migrations/0001_a.sql': 'SELECT 3;',
    });
    const change = await changeByGit(source(`${repository.root}/service`), 'main');
    expect(told(change)).toMatchObject({ base: ['0001_a.sql'], added: ['0002_b.sql'] });
    expect(change.base[0]?.text).toBe('SELECT 1;');
  });

  test('lines that the change adds, with three lines around', async () => {
    using repository = new TestRepository(base);
    repository.git('checkout', '--quiet', '-b', 'feature');
    repository.commit({ 'src/query.ts': base['src/query.ts'].replace('line 15', 'changed') });
    const change = await changeByGit(source(repository.root), 'main');
    expect(change.changedLines.get('src/query.ts')).toEqual([{ from: 12, to: 18 }]);
  });

  test.each([
    ['diff.mnemonicPrefix', 'true'],
    ['diff.noprefix', 'true'],
    ['diff.context', '0'],
    ['diff.interHunkContext', '99'],
    ['color.ui', 'always'],
  ])('whatever somebody has set as %s', async (name, value) => {
    using repository = new TestRepository(base);
    repository.git('checkout', '--quiet', '-b', 'feature');
    repository.commit({
      'src/query.ts': base['src/query.ts'].replace('line 5\n', 'changed\n').replace('line 25', 'changed'),
      'src/odd "ä".ts': 'new',
    });
    repository.git('config', name, value);
    const change = await changeByGit(source(repository.root), 'main');
    expect(change.changedLines).toEqual(
      new Map([
        [
          'src/query.ts',
          [
            { from: 2, to: 8 },
            { from: 22, to: 28 },
          ],
        ],
        ['src/odd "ä".ts', [{ from: 1, to: 1 }]],
      ]),
    );
  });

  test('a base that git does not know', async () => {
    using repository = new TestRepository(base);
    await expect(changeByGit(source(repository.root), '--upload-pack=x')).rejects.toMatchObject({
      problems: [
        { message: 'git does not know "--upload-pack=x"', hint: expect.stringContaining('fetch-depth: 0') },
      ],
    });
  });

  test('no repository', async () => {
    using project = new TestProject(base);
    await expect(changeByGit(source(project.root), null)).rejects.toMatchObject({
      problems: [{ hint: 'name the new migrations with --new' }],
    });
  });
});

describe('told by name', () => {
  test.each([['0003_c.sql'], ['db/migrations/0003_c.sql'], ['./db/migrations/0003_c.sql']])(
    '%s',
    async (name) => {
      using project = new TestProject(base);
      expect(told(await changeByName(source(project.root), [name]))).toEqual({
        base: ['0001_a.sql', '0002_b.sql'],
        added: ['0003_c.sql'],
        touched: [],
      });
    },
  );

  test('files that are none of the migrations, all at once', async () => {
    using project = new TestProject(base);
    await expect(
      changeByName(source(project.root), ['x.sql', '0001_a.sql', 'src/query.ts']),
    ).rejects.toMatchObject({
      problems: [
        { message: 'x.sql is none of the migrations in db/migrations' },
        { message: 'src/query.ts is none of the migrations in db/migrations' },
      ],
    });
  });

  test('files that are not UTF-8, all at once, with the line', async () => {
    using project = new TestProject({
      ...base,
      'db/migrations/0004_d.sql': Buffer.from('SELECT 1;\nSELECT \xe9;\n', 'latin1'),
      'db/migrations/0005_e.sql': Buffer.from([0xff, 0xfe, 0x53, 0x00]),
    });
    await expect(changeByName(source(project.root), [])).rejects.toMatchObject({
      problems: [
        { message: 'not UTF-8 text', location: { file: 'db/migrations/0004_d.sql', line: 2 } },
        { message: 'not UTF-8 text', location: { file: 'db/migrations/0005_e.sql', line: 1 } },
      ],
    });
  });

  test('a folder that is missing', async () => {
    using project = new TestProject({});
    await expect(changeByName(source(project.root), [])).rejects.toMatchObject({
      problems: [{ message: 'there is no folder db/migrations' }],
    });
  });
});
