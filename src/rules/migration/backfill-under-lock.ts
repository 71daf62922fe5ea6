import { blocksWrites, modeInWords } from '../../model/observation.ts';
import { productionRows } from '../changed-rows.ts';
import { onStatement, waitingFor } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'migration/backfill-under-lock',
  title: 'Rows are changed while a table is locked by an earlier statement',
  message:
    'changes about {rows:count} rows of {table:code} while {lock:code} on {locked:code} is held from an earlier statement of the transaction: {blocked} wait for {low..high:seconds}',
  triggeredWhen:
    'a statement changes rows in the transaction of an earlier one whose lock on a table that existed before keeps others from writing',
  impact:
    'the table is locked for as long as the backfill takes, not for the moment that the schema change needs',
  remediation: [
    {
      kind: 'advice',
      title: 'Change the schema, then the rows',
      text: 'Commit the schema change first. Fill the rows in a later migration, in batches of some thousand that are committed one by one.',
    },
  ],
  core: false,
  *check(facts) {
    for (const each of facts.statements) {
      const held = each.statement.heldAtStart.filter(({ mode }) => blocksWrites(mode));
      const locked = facts.largest(held.map(({ relation }) => relation));
      const lock = held.find(({ relation }) => relation === locked?.name);
      const [changed] = productionRows(facts, each);
      if (locked === null || lock === undefined || changed === undefined) continue;
      const seconds = facts.secondsOf(each);
      const severity = facts.severity('migration/backfill-under-lock', seconds.high);
      if (severity === 'healthy') continue;
      yield onStatement(each, severity, {
        table: changed.table,
        rows: changed.rows,
        locked: locked.name,
        lock: modeInWords(lock.mode),
        blocked: waitingFor(lock.mode),
        ...seconds,
      });
    }
  },
});
