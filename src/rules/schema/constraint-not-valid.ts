import { isCreated, onObject } from '../on-object.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'schema/constraint-not-valid',
  title: 'A constraint is left NOT VALID',
  message:
    '{constraint:code} on {table:code} is `NOT VALID`: rows from before it may violate it, and the planner does not rely on it',
  triggeredWhen:
    'a constraint is not validated once all migrations have run; a remark where the change itself adds it, since the validation may be the next deploy',
  impact:
    'what the constraint promises does not hold for old rows, and a restore of a dump fails on those that violate it',
  remediation: [
    {
      kind: 'sql',
      title: 'Validate it in a migration of its own',
      text: 'ALTER TABLE {table} VALIDATE CONSTRAINT {constraint};',
    },
  ],
  core: false,
  *check(facts) {
    const partitions = new Set(
      facts.schema
        .all('table', 'partitioned table')
        .flatMap(({ name, partitionBound }) => (partitionBound === null ? [] : [name])),
    );
    for (const constraint of facts.schema.all('constraint')) {
      const { validated, enforced, table } = constraint;
      if (validated || !enforced || partitions.has(table)) continue;
      const severity = isCreated(facts, constraint) ? 'low' : 'medium';
      yield onObject(facts, constraint, severity, { constraint: constraint.name, table });
    }
  },
});
