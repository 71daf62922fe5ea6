import { onMigration } from '../on-migration.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'migration/out-of-order',
  title: 'A migration sorts before one that production has run',
  message:
    'has version {version:code}, and the base has {last:code} already: production runs it after that one, a fresh database before it',
  triggeredWhen: 'the change adds a version that comes before the last one of the base',
  impact:
    'the two orders can end in different schemas, or one of them in an error; some tools refuse such a migration, and some never run it',
  remediation: [
    {
      kind: 'advice',
      title: 'Give it a new version',
      text: 'Rename it so that it sorts last, as its tool would name a new migration today. It often happens when two branches are merged.',
    },
  ],
  core: false,
  *check({ change }) {
    for (const remark of change?.change.remarks ?? []) {
      if (remark.kind !== 'out of order') continue;
      yield onMigration(remark.path, 'medium', { version: remark.version, last: remark.last });
    }
  },
});
