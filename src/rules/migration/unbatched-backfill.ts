import { productionRows } from '../changed-rows.ts';
import { onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'migration/unbatched-backfill',
  title: 'A large part of a table is changed in one transaction',
  message:
    'changes about {rows:count} rows of {table:code} ({share:percent}) at once, for {low..high:seconds}: each row stays locked until the transaction ends',
  triggeredWhen: 'one UPDATE or DELETE changes many rows of a table that existed before',
  impact:
    'whoever changes one of the rows waits; the old versions stay as bloat, replicas lag behind the WAL, and a failure throws all of it away',
  remediation: [
    {
      kind: 'advice',
      title: 'Change them in batches',
      text: 'Loop over ranges of the primary key, some thousand rows each, and commit each batch. The loop belongs outside the transaction of the migration.',
    },
  ],
  core: false,
  *check(facts) {
    for (const each of facts.statements) {
      const [changed] = productionRows(facts, each);
      if (changed === undefined) continue;
      const severity = facts.severity('migration/unbatched-backfill', changed.rows);
      if (severity === 'healthy') continue;
      yield onStatement(each, severity, { ...changed, ...facts.secondsOf(each) });
    }
  },
});
