import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { rules } from '../../src/rules/index.ts';

const root = join(import.meta.dirname, '..', '..');
const ids = rules.map(({ id }) => id);

/** Rules by id from the files of a folder: `query/rows-read` for `query/rows-read.ts`. */
function idsIn(folder: string, pattern: string): readonly string[] {
  return globSync(pattern, { cwd: join(root, folder) })
    .map((file) => file.replace(/\.\w+$/, ''))
    .toSorted();
}

describe('a rule is one name in five places', () => {
  test('its file', () => expect(idsIn('src/rules', '*/*.ts')).toEqual(ids.toSorted()));
  test('its documentation page', () => expect(idsIn('docs/rules', '*/*.md')).toEqual(ids.toSorted()));
  test('its examples', () => expect(idsIn('test/rules', '*/*/')).toEqual(ids.toSorted()));
  test.each(ids)('%s has a bad and a good example', (id) => {
    for (const kind of ['bad', 'good']) expect(existsSync(join(root, 'test/rules', id, kind))).toBe(true);
  });
});
