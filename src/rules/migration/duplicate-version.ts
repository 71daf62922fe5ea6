import { onMigration } from '../on-migration.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'migration/duplicate-version',
  title: 'Two migrations have one version',
  message: 'has version {version:code}, as {others} has: nothing says which of them runs first',
  triggeredWhen: 'the change adds a migration with a version that another one has, old or new',
  impact: 'tools that record versions refuse the folder, or run one of the two and take the other for done',
  remediation: [
    {
      kind: 'advice',
      title: 'Give the new one a version of its own',
      text: 'Rename it so that it sorts last. It often happens when two branches are merged that both counted up by one.',
    },
  ],
  core: false,
  *check({ change }) {
    if (change === null) return;
    const added = new Set(change.change.added.map(({ path }) => path));
    for (const remark of change.change.remarks) {
      const path = remark.kind === 'tie' ? remark.paths.findLast((each) => added.has(each)) : undefined;
      if (remark.kind !== 'tie' || path === undefined) continue;
      const others = remark.paths.filter((each) => each !== path).join(', ');
      yield onMigration(path, 'medium', { version: remark.version, others });
    }
  },
});
