import type { ConstraintObject } from '../../model/schema.ts';
import { functionsOf } from '../../sql/constraint.ts';
import { onObject } from '../on-object.ts';
import { defineRule } from '../rule.ts';
import type { SchemaFacts } from '../schema-facts.ts';

/** PostgreSQL's own functions that are not immutable and are likely to be met in a CHECK (pg_proc.provolatile). */
const changing: ReadonlySet<string> = new Set([
  'clock_timestamp',
  'current_setting',
  'currval',
  'gen_random_uuid',
  'lastval',
  'nextval',
  'now',
  'random',
  'statement_timestamp',
  'timeofday',
  'transaction_timestamp',
  'uuidv4',
  'uuidv7',
]);

export default defineRule({
  id: 'schema/volatile-check',
  title: 'A check does not hold what it promises',
  message: '{constraint:code} on {table:code} {flaw} {detail:code}: {consequence}',
  triggeredWhen:
    'a CHECK calls a function that is not immutable: one of PostgreSQL such as `now()` or `random()`, what SQL calls by a name such as `CURRENT_DATE`, or one of your own that is not declared IMMUTABLE; or it is NOT ENFORCED',
  impact:
    'a row is checked when it is written only, so that rows come to violate the constraint, and a restore of a dump fails on them',
  remediation: [
    {
      kind: 'advice',
      title: 'Check with what the row holds',
      text: 'Compare columns with each other and with constants; what depends on time or other rows belongs into a trigger. A function of your own whose result depends on its arguments alone can be declared IMMUTABLE.',
    },
  ],
  core: false,
  *check(facts) {
    for (const constraint of facts.schema.all('constraint')) {
      if (constraint.type !== 'check') continue;
      const found = flawOf(facts.schema, constraint);
      if (found === null) continue;
      const { severity, ...figures } = found;
      yield onObject(facts, constraint, severity, {
        constraint: constraint.name,
        table: constraint.table,
        ...figures,
      });
    }
  },
});

function flawOf(schema: SchemaFacts, { definition, enforced }: ConstraintObject) {
  const called = functionsOf(definition);
  const builtin = called.find((name) => changing.has(name) || isValueFunction(name));
  if (builtin !== undefined) {
    return {
      severity: 'medium',
      flaw: 'depends on',
      detail: isValueFunction(builtin) ? builtin : `${builtin}()`,
      consequence: 'a row that satisfies it today may violate it tomorrow',
    } as const;
  }
  const own = schema.all('function').find(({ name, volatility }) => {
    return volatility !== 'immutable' && called.includes(name.slice(0, name.indexOf('(')));
  });
  if (own !== undefined) {
    return {
      severity: 'low',
      flaw: 'calls',
      detail: own.name,
      consequence: `which is declared ${own.volatility}, so that nothing says that its result stays the same`,
    } as const;
  }
  if (enforced) return null;
  return {
    severity: 'low',
    flaw: 'is',
    detail: 'NOT ENFORCED',
    consequence: 'any row may violate it',
  } as const;
}

/** CURRENT_DATE, CURRENT_USER and the like are written without parentheses. */
function isValueFunction(name: string): boolean {
  return /^[A-Z_]+$/.test(name);
}
