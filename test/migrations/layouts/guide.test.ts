import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { tools } from '../../../src/migrations/layouts/tools.ts';
import { layoutOf } from '../../support/layout.ts';

const guide = readFileSync(join(import.meta.dirname, '../../../docs/migration-tools.md'), 'utf8');

test.each(tools.map(({ name }) => name))(
  'the guide tells how %s is found, read and wrapped, and its books',
  (name) => {
    expect(guide.match(new RegExp(`^\\| \`${name}\` \\|`, 'gm'))?.length).toBeGreaterThanOrEqual(2);
    for (const table of layoutOf(name).bookkeeping) expect(guide).toContain(`\`${table.name}\``);
  },
);
