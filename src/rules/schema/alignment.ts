import type { Column } from '../../model/catalogue.ts';
import { onObject } from '../on-object.ts';
import { assumedRemark } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'schema/alignment',
  title: 'The order of columns wastes space',
  message:
    'each row of {table:code} ({rows:count}{assumed} rows) holds {padding} bytes of padding between its columns that another order would not need: {bytes:bytes}',
  triggeredWhen:
    'columns of fixed length stand in an order that makes PostgreSQL fill gaps before them, worth 64 MB or more in all rows',
  impact: 'the table is larger on disk and in memory, for good: columns cannot be moved',
  remediation: [
    {
      kind: 'advice',
      title: 'The widest first',
      text: 'In a new table, put columns of 8 bytes (bigint, timestamptz, double precision) before those of 4, 2 and 1, and those of variable length last.',
    },
  ],
  core: false,
  default: 'off',
  *check(facts) {
    for (const object of facts.schema.tables) {
      const table = facts.table(object.name);
      if (table === null) continue;
      const best = table.columns.toSorted((a, b) => rank(b) - rank(a));
      const padding = paddingOf(table.columns) - paddingOf(best);
      const severity = facts.severity('schema/alignment', padding * table.rows);
      if (padding <= 0 || severity === 'healthy') continue;
      yield onObject(facts, object, severity, {
        table: object.name,
        rows: table.rows,
        assumed: assumedRemark(table),
        padding,
        bytes: padding * table.rows,
      });
    }
  },
});

/**
 * Bytes of gaps in a row without NULLs. Where a value of variable length ends is not known; short ones need no
 * alignment, and what follows them is taken to begin at no gap.
 */
function paddingOf(columns: readonly Column[]): number {
  let offset = 0;
  let padding = 0;
  for (const { length, alignment } of columns) {
    if (length < 0) {
      offset = 0;
      continue;
    }
    const gap = (alignment - (offset % alignment)) % alignment;
    padding += gap;
    offset += gap + length;
  }
  return padding;
}

function rank({ length, alignment }: Column): number {
  return length < 0 ? 0 : alignment;
}
