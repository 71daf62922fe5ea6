import type { ColumnObject } from '../../model/schema.ts';
import { onObject } from '../on-object.ts';
import { defineRule } from '../rule.ts';

/** Types with a better one beside them (PostgreSQL wiki, "Don't Do This"), by what format_type prints. */
const betterTypes: readonly {
  readonly type: RegExp;
  readonly better: string;
  readonly reason: string;
}[] = [
  { type: /^character\(/, better: 'text', reason: 'values are padded with spaces, which comparisons ignore' },
  {
    type: /^character varying\(/,
    better: 'text',
    reason: 'the length is seldom known for good, and a CHECK can be changed without a rewrite',
  },
  {
    type: /^timestamp\(\d\)/,
    better: 'timestamptz',
    reason: 'rounding moves a time into the future; date_trunc does not',
  },
  {
    type: /^timestamp without time zone/,
    better: 'timestamptz',
    reason: 'it is no point in time: nobody knows in which zone it was meant',
  },
  { type: /^time with time zone/, better: 'timestamptz', reason: 'an offset without a date means little' },
  { type: /^money/, better: 'numeric', reason: 'its currency and decimals depend on lc_monetary' },
  { type: /^(real|double precision)/, better: 'numeric', reason: 'decimal fractions are not exact' },
  { type: /^xml/, better: 'jsonb', reason: 'xml has neither equality nor indexes' },
  { type: /(^|\.)hstore/, better: 'jsonb', reason: 'jsonb nests, has types, and needs no extension' },
];

export default defineRule({
  id: 'schema/column-type',
  title: 'Another type is usually meant',
  message: '{column:code} of {table:code} is {type:code}; {better:code} is usually meant: {reason}',
  triggeredWhen:
    'a column is of a type with a better one beside it: char(n), varchar(n), timestamp, timestamp(0), timetz, money, real, xml, hstore, or serial instead of identity',
  impact: 'the type brings surprises that are dear to get rid of once the table is large',
  remediation: [
    {
      kind: 'advice',
      title: 'Choose it while the table is empty',
      text: 'Most other types need a rewrite of the table later.',
    },
  ],
  core: false,
  default: 'off',
  *check(facts) {
    for (const table of facts.schema.tables) {
      for (const column of facts.schema.on(table.name, 'column')) {
        const found = betterTypeOf(column);
        if (found === null) continue;
        yield onObject(facts, column, 'low', { table: table.name, column: column.name, ...found });
      }
    }
  },
});

function betterTypeOf({ type, identity, default: value }: ColumnObject) {
  if (identity === null && (value ?? '').startsWith('nextval(')) {
    const reason = 'its sequence has an owner and privileges of its own, and any value can be inserted';
    return { type: 'serial', better: 'GENERATED ALWAYS AS IDENTITY', reason };
  }
  const found = betterTypes.find((each) => each.type.test(type));
  return found === undefined ? null : { type, better: found.better, reason: found.reason };
}
