import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RepositoryPaths } from '../../src/places/paths.ts';

const files = [
  'server.js',
  'src/users/index.ts',
  'src/db.ts',
  'services/a/src/index.ts',
  'services/b/src/index.ts',
  'services/b/src/only.ts',
  'my file.py',
];
const paths = new RepositoryPaths(files, ['/home/me/shop', '/private/home/me/shop/']);

describe('a file of the repository is found', () => {
  test.each([
    ['src/db.ts', 'src/db.ts'],
    ['./src/db.ts', 'src/db.ts'],
    ['/home/me/shop/src/db.ts', 'src/db.ts'],
    ['/private/home/me/shop/my file.py', 'my file.py'],
    ['file:///home/me/shop/src/db.ts', 'src/db.ts'],
    ['/app/server.js', 'server.js'],
    ['/usr/src/app/src/users/index.ts', 'src/users/index.ts'],
    ['/builds/group/shop/src/db.ts', 'src/db.ts'],
    ['C:\\work\\shop\\src\\db.ts', 'src/db.ts'],
    ['webpack:///./src/db.ts?8f1a', 'src/db.ts'],
    ['webpack-internal:///(rsc)/./src/db.ts', 'src/db.ts'],
    ['/app/src/only.ts', 'services/b/src/only.ts'],
    ['/x/services/a/src/index.ts', 'services/a/src/index.ts'],
  ])('%s', (text, path) => {
    expect(paths.find(text)).toBe(path);
  });
});

describe('no file is taken for another', () => {
  test.each([
    ['one of two', '/app/src/index.ts'],
    ['only its last folder is the same', '/app/lib/users/index.ts'],
    ['only its name is the same', '/somewhere/else/server.js'],
    ['a file of a package', '/app/node_modules/shop/src/db.ts'],
    ['a file of a package of Python', '/usr/lib/python3.12/site-packages/src/db.ts'],
    ['a file that is not there', 'src/none.ts'],
    ['a file outside', '/home/me/other.ts'],
    ['another in the working directory', '/home/me/shop/lib/src/db.ts'],
    ['nothing', ''],
  ])('%s', (_, text) => {
    expect(paths.find(text)).toBeNull();
  });

  test('whatever is named, what is found ends like it', () => {
    const part = fc.constantFrom('app', 'src', 'services', 'a', 'b', 'users', '..', '.', 'C:', '');
    const name = fc.constantFrom('index.ts', 'db.ts', 'server.js', 'only.ts');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), name, (folders, file) => {
        const text = [...folders, file].join('/');
        const found = paths.find(text);
        if (found === null) return;
        expect(files).toContain(found);
        expect(found.endsWith(`/${file}`) || found === file).toBe(true);
      }),
    );
  });
});

test('what leads out of the repository is told from what may be that of another service', () => {
  expect(paths.isForeign('src/none.ts')).toBe(false);
  for (const path of ['/app/x.js', '../x.js', 'C:\\x.js', 'node:fs', 'file:///x.js', 'a/node_modules/x.js'])
    expect({ path, foreign: paths.isForeign(path) }).toEqual({ path, foreign: path !== 'node:fs' });
});
