import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chunksOf } from '../../../src/statistics/export/chunks.ts';

test('every table is in one part, in order, and no part is larger than it must be', () => {
  const tables = fc.array(fc.record({ columns: fc.integer({ min: 0, max: 1600 }) }), { maxLength: 900 });
  fc.assert(
    fc.property(tables, fc.constantFrom(1, 100, 1_000, 10_000), (columns, target) => {
      const all = columns.map((each, oid) => ({
        ...each,
        oid,
        schema: 's',
        name: `t${oid}`,
        foreign: false,
      }));
      const chunks = [...chunksOf(all, target)];
      expect(chunks.flat()).toEqual(all);
      for (const chunk of chunks) {
        const values = chunk.reduce((sum, table) => sum + table.columns * target, 0);
        expect(chunk.length).toBeLessThanOrEqual(200);
        if (chunk.length > 1) expect(values).toBeLessThanOrEqual(400_000);
      }
    }),
  );
});
