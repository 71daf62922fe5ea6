import { describe, expect, test } from '@jest/globals';
import { changeByGit, changeByName } from '../../src/change/change.ts';
import type { Change } from '../../src/model/change.ts';
import { layoutOf } from '../support/layout.ts';
import { type Files, TestProject } from '../support/project.ts';
import { TestRepository } from '../support/repository.ts';

/** What a change to a folder `db` of a tool comes to. */
async function changed(
  tool: string,
  base: Files,
  head: Files,
  gone: readonly string[] = [],
): Promise<Change> {
  using repository = new TestRepository({ 'README.md': '', ...inFolder(base) });
  repository.git('checkout', '--quiet', '-b', 'feature');
  repository.commit(
    inFolder(head),
    gone.map((path) => `db/${path}`),
  );
  return await changeByGit({ root: repository.root, folder: 'db', layout: layoutOf(tool) }, 'main');
}

function inFolder(files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`db/${path}`, text]));
}

function told({ base, added, touched, remarks }: Change) {
  const versions = (list: Change['base']) => list.map(({ version }) => version);
  return { base: versions(base), added: versions(added), touched, remarks };
}

const nothing = { base: [], added: [], touched: [], remarks: [] };

describe('repeatable migrations', () => {
  const base = { 'V1__a.sql': 'SELECT 1;', 'R__view.sql': 'SELECT 1;', 'R__same.sql': 'SELECT 1;' };

  test('run again once they are modified', async () => {
    const change = await changed('flyway', base, { 'R__view.sql': 'SELECT 2;' });
    expect(told(change)).toEqual({ ...nothing, base: ['1', 'same', 'view'], added: ['view'] });
    expect(change.base.at(-1)?.text).toBe('SELECT 1;');
    expect(change.added[0]?.text).toBe('SELECT 2;');
  });

  test('come after the versioned ones that the change adds', async () => {
    const change = await changed('flyway', base, { 'R__view.sql': 'SELECT 2;', 'V2__b.sql': 'SELECT 2;' });
    expect(told(change).added).toEqual(['2', 'view']);
  });
});

describe('baselines', () => {
  const files = { 'V1__a.sql': 'SELECT 1;', 'V2__b.sql': 'SELECT 2;' };

  test('stand for what is before them in the base', async () => {
    const change = await changed(
      'flyway',
      { ...files, 'B2__all.sql': 'SELECT 12;' },
      { 'V3__c.sql': 'SELECT 3;' },
    );
    expect(change.base.map(({ path }) => path)).toEqual(['db/B2__all.sql']);
    expect(told(change).added).toEqual(['3']);
  });

  test('that a change adds are not run, since production has what they stand for', async () => {
    const change = await changed('flyway', files, { 'B2__all.sql': 'SELECT 12;' }, [
      'V1__a.sql',
      'V2__b.sql',
    ]);
    expect(told(change)).toEqual({
      ...nothing,
      base: ['1', '2'],
      touched: [
        { kind: 'deleted', path: 'db/V1__a.sql' },
        { kind: 'deleted', path: 'db/V2__b.sql' },
      ],
      remarks: [{ kind: 'baseline', path: 'db/B2__all.sql', version: '2' }],
    });
  });

  test('are run where there is no base', async () => {
    const change = await changed('flyway', {}, { ...files, 'B1__all.sql': 'SELECT 1;' });
    expect(change.added.map(({ path }) => path)).toEqual(['db/B1__all.sql', 'db/V2__b.sql']);
  });
});

describe('out of order', () => {
  const base = { '0001_a.sql': 'SELECT 1;', '0003_c.sql': 'SELECT 3;' };

  test('an added version before the last one of the base', async () => {
    const change = await changed('plain', base, { '0002_b.sql': 'SELECT 2;', '0004_d.sql': 'SELECT 4;' });
    expect(told(change)).toEqual({
      ...nothing,
      base: ['0001', '0003'],
      added: ['0002', '0004'],
      remarks: [{ kind: 'out of order', path: 'db/0002_b.sql', version: '0002', last: '0003' }],
    });
  });

  test('not where the version is the last one itself: that is a tie', async () => {
    const change = await changed('plain', base, { '0003_b.sql': 'SELECT 2;' });
    expect(told(change).remarks).toEqual([
      { kind: 'tie', version: '0003', paths: ['db/0003_b.sql', 'db/0003_c.sql'] },
      { kind: 'gap', after: '0001', before: '0003', path: 'db/0003_b.sql' },
    ]);
  });

  test('not where the tool runs whatever has not run yet', async () => {
    const changeset = (id: string) => `--liquibase formatted sql\n--changeset a:${id}\nSELECT 1;\n`;
    const change = await changed('liquibase', { 'b.sql': changeset('b') }, { 'a.sql': changeset('a') });
    expect(told(change)).toEqual({ ...nothing, base: ['a:b'], added: ['a:a'] });
  });

  test('told by name as well', async () => {
    using project = new TestProject(inFolder({ ...base, '0002_b.sql': 'SELECT 2;' }));
    const source = { root: project.root, folder: 'db', layout: layoutOf('plain') };
    expect((await changeByName(source, ['0002_b.sql'])).remarks).toEqual([
      { kind: 'out of order', path: 'db/0002_b.sql', version: '0002', last: '0003' },
    ]);
  });
});

describe('a file of several migrations', () => {
  const first = '--liquibase formatted sql\n\n--changeset a:1\nSELECT 1;\n';

  test('gains one', async () => {
    const change = await changed(
      'liquibase',
      { 'a.sql': first },
      { 'a.sql': `${first}\n--changeset a:2\nSELECT 2;\n` },
    );
    expect(told(change)).toEqual({ ...nothing, base: ['a:1'], added: ['a:2'] });
    expect(change.added[0]?.text).not.toContain('SELECT 1');
  });

  test('gains one between others', async () => {
    const [header = '', rest = ''] = first.split('\n\n');
    const more = `${header}\n\n--changeset a:0\nSELECT 0;\n\n${rest}`;
    const change = await changed('liquibase', { 'a.sql': first }, { 'a.sql': more });
    expect(told(change)).toEqual({ ...nothing, base: ['a:1'], added: ['a:0'] });
  });

  test('has one modified, and lost one', async () => {
    const change = await changed(
      'liquibase',
      { 'a.sql': `${first}--changeset a:2\nSELECT 2;\n` },
      { 'a.sql': first.replace('SELECT 1', 'SELECT 0') },
    );
    expect(change.touched).toEqual([
      {
        kind: 'modified',
        path: 'db/a.sql',
        before: expect.stringContaining('SELECT 1;'),
        after: expect.stringContaining('SELECT 0;'),
      },
      { kind: 'deleted', path: 'db/a.sql' },
    ]);
  });

  test('is renamed', async () => {
    const more = `${first}--changeset a:2\nSELECT 2;\n`;
    const change = await changed('liquibase', { 'a.sql': more }, { 'b.sql': more }, ['a.sql']);
    const renamed = { kind: 'renamed', path: 'db/b.sql', from: 'db/a.sql' };
    expect(told(change)).toEqual({ ...nothing, base: ['a:1', 'a:2'], touched: [renamed, renamed] });
  });
});

test('only the way down is modified: production runs what it has run', async () => {
  const file = (down: string) => `-- +goose Up\nSELECT 1;\n-- +goose Down\n${down}`;
  const change = await changed('goose', { '1_a.sql': file('') }, { '1_a.sql': file('SELECT 2;\nSELECT 3;') });
  expect(told(change)).toEqual({ ...nothing, base: ['1'] });
});

test('files beside the migrations are no migrations', async () => {
  const change = await changed(
    'diesel',
    { '1_a/up.sql': 'SELECT 1;' },
    { '1_a/metadata.toml': 'run_in_transaction = false', '2_b/up.sql': 'SELECT 2;', '2_b/down.sql': '' },
  );
  expect(told(change)).toEqual({ ...nothing, base: ['1'], added: ['2'] });
});

test('a reworked change is added, and what it was stays', async () => {
  const plan = 'a 2026-01-01 x\n';
  const change = await changed(
    'sqitch',
    { 'sqitch.plan': plan, 'deploy/a.sql': 'SELECT 1;' },
    {
      'sqitch.plan': `${plan}@v1 2026-01-02 x\na [a@v1] 2026-01-03 x\n`,
      'deploy/a@v1.sql': 'SELECT 1;',
      'deploy/a.sql': 'SELECT 2;',
    },
  );
  expect(told(change)).toEqual({ ...nothing, base: ['a'], added: ['a#2'] });
  expect(change.added[0]?.text).toBe('SELECT 2;');
});

test.each([['2_b'], ['db/2_b'], ['db/2_b/up.sql'], ['2_b/up.sql']])(
  '%s names a migration in a folder of its own',
  async (name) => {
    using project = new TestProject(inFolder({ '1_a/up.sql': 'SELECT 1;', '2_b/up.sql': 'SELECT 2;' }));
    const source = { root: project.root, folder: 'db', layout: layoutOf('diesel') };
    expect(told(await changeByName(source, [name]))).toEqual({ ...nothing, base: ['1'], added: ['2'] });
  },
);
