import { pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { findBase } from '../../src/change/base.ts';
import { changeByGit } from '../../src/change/change.ts';
import { Git } from '../../src/change/git.ts';
import { plain } from '../../src/migrations/layouts/plain.ts';
import { TestProject } from '../support/project.ts';
import { TestPullRequest } from '../support/pull-request.ts';
import { TestRepository } from '../support/repository.ts';

const first = { 'migrations/0001_a.sql': 'CREATE TABLE a (id int);' };
const second = { 'migrations/0002_b.sql': 'CREATE TABLE b (id int);' };
const third = { 'migrations/0003_c.sql': 'CREATE TABLE c (id int);' };

/** A clone as actions/checkout makes it by default: one commit, and nothing before it. */
function shallowClone(origin: TestRepository, ref: string): TestRepository {
  const clone = new TestRepository({});
  clone.git('remote', 'add', 'origin', pathToFileURL(origin.root).href);
  clone.git('fetch', '--quiet', '--depth=1', 'origin', ref);
  clone.git('checkout', '--quiet', '--detach', 'FETCH_HEAD');
  return clone;
}

const statedBy = (repository: TestPullRequest, baseSha: string) =>
  ({ kind: 'pull request', headSha: repository.headSha, baseSha }) as const;

/** Migrations that a comparison with a base finds added. */
async function addedTo(base: string | null, root: string): Promise<readonly string[]> {
  const change = await changeByGit({ root, folder: 'migrations', layout: plain }, base);
  expect(change.touched).toEqual([]);
  return change.added.map(({ path }) => path);
}

describe('the base of a pull request', () => {
  test('is what the commit that is checked out merges it into, not what the event said', async () => {
    using repository = new TestPullRequest(first, third);
    const atEvent = repository.git('rev-parse', 'main');
    repository.git('checkout', '--quiet', 'main');
    const moved = repository.commit(second);
    repository.push({ 'README.md': 'c' });
    const base = await findBase(new Git(repository.root), statedBy(repository, atEvent));
    expect(base).toBe(moved);
    expect(await addedTo(base, repository.root)).toEqual(Object.keys(third));
  });

  test('is what the event says where the head itself is checked out', async () => {
    using repository = new TestPullRequest(first, third);
    const main = repository.git('rev-parse', 'main');
    repository.git('checkout', '--quiet', 'change');
    expect(await findBase(new Git(repository.root), statedBy(repository, main))).toBe(main);
  });

  test('is that commit, although a branch has its name', async () => {
    using repository = new TestPullRequest(first, third);
    const main = repository.git('rev-parse', 'main');
    repository.git('update-ref', `refs/remotes/origin/${main}`, repository.headSha);
    repository.git('checkout', '--quiet', 'change');
    expect(await findBase(new Git(repository.root), statedBy(repository, main))).toBe(main);
  });

  test('is fetched where the clone has one commit only', async () => {
    using repository = new TestPullRequest(first, third);
    const main = repository.git('rev-parse', 'main');
    using clone = shallowClone(repository, 'HEAD');
    const git = new Git(clone.root);
    expect(await git.commitOf(main)).toBeNull();
    const base = await findBase(git, statedBy(repository, 'f'.repeat(40)));
    expect(base).toBe(main);
    expect(await addedTo(base, clone.root)).toEqual(Object.keys(third));
    expect(clone.git('rev-parse', '--is-shallow-repository')).toBe('true');
  });

  test('that cannot be fetched is told, with what to do', async () => {
    using repository = new TestPullRequest(first, third);
    repository.git('checkout', '--quiet', 'change');
    const lost = statedBy(repository, 'f'.repeat(40));
    await expect(findBase(new Git(repository.root), lost)).rejects.toThrow(
      `the base ${'f'.repeat(40)} is not in this clone, and could not be fetched`,
    );
  });
});

describe('a named base', () => {
  test('is that of the remote, where both have one', async () => {
    using origin = new TestRepository(first);
    using clone = shallowClone(origin, 'HEAD');
    clone.git('fetch', '--quiet', 'origin', 'main:refs/remotes/origin/main');
    expect(await findBase(new Git(clone.root), { kind: 'named', name: 'main' })).toBe('origin/main');
  });

  test('is fetched with its history where the clone is whole', async () => {
    using origin = new TestRepository(first);
    using clone = new TestRepository({});
    clone.git('remote', 'add', 'origin', pathToFileURL(origin.root).href);
    const tip = origin.commit(second);
    origin.git('branch', 'production');
    expect(await findBase(new Git(clone.root), { kind: 'named', name: 'production' })).toBe(tip);
    expect(clone.git('rev-parse', '--is-shallow-repository')).toBe('false');
    expect(clone.git('rev-list', '--count', tip)).toBe('2');
  });

  test.each(['--upload-pack=touch forged', '-q', 'no such thing'])('%s is no option', async (name) => {
    using repository = new TestRepository(first);
    repository.git('remote', 'add', 'origin', pathToFileURL(repository.root).href);
    await expect(findBase(new Git(repository.root), { kind: 'named', name })).rejects.toThrow(
      'is not in this clone',
    );
    expect(repository.git('status', '--porcelain')).toBe('');
  });
});

test('without a base, git looks for the default branch itself', async () => {
  using repository = new TestRepository(first);
  expect(await findBase(new Git(repository.root), { kind: 'default branch' })).toBeNull();
});

test('without a repository there is no base', async () => {
  using project = new TestProject(first);
  await expect(findBase(new Git(project.root), { kind: 'default branch' })).rejects.toThrow(
    'there is no git repository here',
  );
});
