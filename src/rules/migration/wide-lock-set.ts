import { blocksWrites } from '../../model/observation.ts';
import { onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';
import { byTransaction } from '../transactions.ts';

export default defineRule({
  id: 'migration/wide-lock-set',
  title: 'One transaction locks many tables',
  message: 'is the last of a transaction that comes to lock {count} tables against writes at once: {tables}',
  triggeredWhen:
    'one transaction takes locks on three or more tables that existed before, in modes that keep others from writing',
  impact:
    'the first table stays locked until the last lock is had; an application that takes the same tables in another order ends in a deadlock',
  remediation: [
    {
      kind: 'advice',
      title: 'One table a transaction',
      text: 'Make separate migrations, so that each lock is released before the next is waited for.',
    },
  ],
  core: false,
  *check(facts) {
    for (const statements of byTransaction(facts.statements)) {
      const locked = statements.flatMap((each) =>
        each.statement.takes.filter(({ mode }) => blocksWrites(mode)).map((lock) => ({ each, lock })),
      );
      // Partitions are locked with the table that they are part of.
      const tables = new Set(locked.map(({ lock }) => facts.table(lock.relation)?.reportAs ?? lock.relation));
      const last = locked.at(-1);
      if (last === undefined) continue;
      const severity = facts.severity('migration/wide-lock-set', tables.size);
      if (severity === 'healthy') continue;
      const named = [...tables].toSorted().slice(0, 8);
      yield onStatement(last.each, severity, {
        count: tables.size,
        tables: named.join(', ') + (tables.size > named.length ? ' ...' : ''),
      });
    }
  },
});
