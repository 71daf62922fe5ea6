import { onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'migration/invalid-index',
  title: 'An index is left invalid',
  message: '{index:code} on {table:code} is left invalid: every write pays for it, and no query uses it',
  triggeredWhen:
    'a concurrent build fails and leaves its index behind, or IF NOT EXISTS finds such a one and takes it for done',
  impact: 'the index costs writes and disk space, queries go without it, and uniqueness is not guaranteed',
  remediation: [
    {
      kind: 'sql',
      title: 'Drop it before building it again',
      text: 'DROP INDEX CONCURRENTLY IF EXISTS {index};',
    },
  ],
  core: false,
  *check(facts) {
    // An index on a partitioned table alone is invalid by intent, until those of its partitions are attached.
    const partitioned = new Set(facts.schema.all('partitioned table').map(({ name }) => name));
    for (const index of facts.schema.all('index')) {
      if (index.valid || partitioned.has(index.table)) continue;
      const cause = facts.lastChangeOf(index.key) ?? facts.statements.findLast(skipsIndex(index.name));
      if (cause === undefined) continue;
      yield onStatement(cause, 'high', { index: index.name, table: index.table });
    }
  },
});

/** Whether a statement was told that the index is there already (duplicate_table). */
function skipsIndex(name: string) {
  const plain = name.slice(name.indexOf('.') + 1);
  return ({ statement }: { readonly statement: { readonly notices: readonly Remark[] } }) =>
    statement.notices.some(({ sqlstate, message }) => sqlstate === '42P07' && message.includes(`"${plain}"`));
}

interface Remark {
  readonly sqlstate: string;
  readonly message: string;
}
