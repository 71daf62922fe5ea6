import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Git } from '../../src/change/git.ts';
import { Tree } from '../../src/change/tree.ts';
import { TestRepository } from '../support/repository.ts';

/** Files and symbolic links below a folder, by their paths. */
function treeOf(folder: string, below = ''): readonly string[] {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(below, entry.name);
      return entry.isDirectory() ? treeOf(folder, path) : [path];
    })
    .toSorted();
}

describe('the files of a commit', () => {
  test('are those of all folders, whatever the working tree has', async () => {
    using repository = new TestRepository({ 'a.txt': 'base', 'app/b.txt': 'base', 'app/gone.txt': 'base' });
    const base = repository.git('rev-parse', 'HEAD');
    repository.commit({ 'a.txt': 'head', 'app/new.txt': 'head' }, ['app/gone.txt']);
    repository.write({ 'app/b.txt': 'not committed' });
    const status = repository.git('status', '--porcelain');
    await using tree = await Tree.checkOut(new Git(join(repository.root, 'app')), base);
    const top = join(tree.directory, '..');
    expect(treeOf(top)).toEqual(['a.txt', 'app/b.txt', 'app/gone.txt']);
    expect(readFileSync(join(top, 'a.txt'), 'utf8')).toBe('base');
    expect(readFileSync(join(tree.directory, 'b.txt'), 'utf8')).toBe('base');
    expect(repository.git('status', '--porcelain')).toBe(status);
    expect(repository.git('worktree', 'list').split('\n')).toHaveLength(1);
  });

  test('go with the folder', async () => {
    using repository = new TestRepository({ 'a.txt': 'base' });
    const tree = await Tree.checkOut(new Git(repository.root), 'HEAD');
    await tree[Symbol.asyncDispose]();
    expect(existsSync(join(tree.directory, '..'))).toBe(false);
  });

  test('stand beside the packages that are installed, at every level', async () => {
    using repository = new TestRepository({
      '.gitignore': 'node_modules\nbuild\n/app/vendor/bundle',
      'app/a.txt': 'base',
      'app/vendor/kept.txt': 'base',
    });
    repository.commit({ 'new/b.txt': 'head' });
    for (const folder of [
      'node_modules/x',
      'app/node_modules/x',
      'app/vendor/bundle/x',
      'app/build/x',
      'app/.venv/bin',
      'new/node_modules/x',
    ]) {
      mkdirSync(join(repository.root, folder), { recursive: true });
      writeFileSync(join(repository.root, folder, 'installed.txt'), '');
    }
    await using tree = await Tree.checkOut(new Git(join(repository.root, 'app')), 'HEAD~1');
    const top = join(tree.directory, '..');
    expect(treeOf(top)).toEqual([
      '.gitignore',
      'app/.venv',
      'app/a.txt',
      'app/node_modules',
      'app/vendor/bundle',
      'app/vendor/kept.txt',
      'node_modules',
    ]);
    expect(readlinkSync(join(tree.directory, 'node_modules'))).toBe(
      join(repository.root, 'app', 'node_modules'),
    );
    await tree[Symbol.asyncDispose]();
    expect(existsSync(join(repository.root, 'app/node_modules/x/installed.txt'))).toBe(true);
  });

  test('are none in a folder that the commit has not got', async () => {
    using repository = new TestRepository({ 'a.txt': 'base' });
    repository.commit({ 'app/b.txt': 'head' });
    await using tree = await Tree.checkOut(new Git(join(repository.root, 'app')), 'HEAD~1');
    expect(tree.hasDirectory).toBe(false);
  });
});
