import { blocksReads } from '../../model/observation.ts';
import { assumedRemark, lockOn, onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';
import { severityOfWait } from '../waiting.ts';

export default defineRule({
  id: 'migration/blocking-refresh',
  title: 'A materialised view is refreshed while nobody can read it',
  message:
    'writes {view:code} ({rows:count}{assumed} rows) anew while holding `ACCESS EXCLUSIVE` on it: all reads wait for {low..high:seconds}',
  triggeredWhen: 'REFRESH MATERIALIZED VIEW without CONCURRENTLY runs on a view that existed before',
  impact: 'whoever reads the view waits until its query has run and all its rows are written',
  remediation: [
    {
      kind: 'advice',
      title: 'Refresh it concurrently',
      text: 'With a unique index on plain columns, REFRESH MATERIALIZED VIEW CONCURRENTLY lets readers go on. Better still, refresh outside of migrations.',
    },
  ],
  core: false,
  *check(facts) {
    const views = new Set(facts.schema.all('materialised view').map(({ name }) => name));
    for (const each of facts.statements) {
      for (const name of each.statement.rewrites.filter((relation) => views.has(relation))) {
        const lock = lockOn(each, name);
        const view = facts.table(name);
        if (lock === null || view === null || !blocksReads(lock.mode)) continue;
        yield onStatement(each, severityOfWait(facts, 'migration/blocking-refresh', each, name), {
          view: name,
          rows: view.rows,
          assumed: assumedRemark(view),
          ...facts.secondsOf(each),
        });
      }
    }
  },
});
