import type { PlacedStatement } from '../../migrations/transactions.ts';
import type { Severity } from '../../model/insight.ts';
import { absences, type ItemKind } from '../absences.ts';
import type { Facts } from '../facts.ts';
import { placeOf, secondsBetween } from '../in-between.ts';
import { onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'migration/missing-in-between',
  title: 'Something is missing in the middle of the deploy',
  message:
    'takes away the {kind} {object:code}[[ of {table:code}]] until {until:code} puts it back: for {low..high:seconds}, {meanwhile}',
  triggeredWhen:
    'a trigger, policy, rule, constraint, partition, view or function that the base has, row security or NOT NULL is gone when a transaction of the change has committed, and a later one puts it back',
  impact:
    'nobody is told: what is written or read meanwhile is not checked, recorded or protected as it was, or it fails; if the deploy stops there, it stays so',
  remediation: [
    {
      kind: 'advice',
      title: 'Take it away and put it back in one transaction',
      text: 'Nobody sees what is halfway in a transaction. CREATE OR REPLACE does without taking views, functions and triggers away; a constraint can be added NOT VALID under another name before the old one is dropped, and renamed when it is validated.',
    },
  ],
  core: false,
  *check(facts) {
    for (const { item, by, until } of absences(facts)) {
      if (failsQueries(facts, by)) continue;
      const { kind, object, table } = item;
      const { severity, meanwhile } = kinds[kind];
      yield onStatement(
        by,
        severity,
        { kind, object, table, until: placeOf(until), meanwhile, ...secondsBetween(facts, by, until) },
        { about: [kind, table ?? '', object] },
      );
    }
  },
});

/** Things that can be missing, how bad that is, and what happens meanwhile. */
const kinds = {
  'row security': { severity: 'high', meanwhile: 'every role that may read the table reads all rows' },
  policy: { severity: 'high', meanwhile: 'rows are shown or hidden that were not' },
  trigger: { severity: 'high', meanwhile: 'writes go without what it does' },
  rule: { severity: 'high', meanwhile: 'statements go without it' },
  partition: { severity: 'high', meanwhile: 'its rows are not found, and new ones for it are refused' },
  view: { severity: 'high', meanwhile: 'whatever reads it fails' },
  function: { severity: 'high', meanwhile: 'whatever calls it fails' },
  constraint: {
    severity: 'medium',
    meanwhile: 'rows get in that it forbids, and then it cannot be put back',
  },
  'NOT NULL': { severity: 'medium', meanwhile: 'NULLs get in, and then it cannot be put back' },
} as const satisfies Readonly<Record<ItemKind, { readonly severity: Severity; readonly meanwhile: string }>>;

/** What `migration/query-fails-in-between` tells of the same statement says more. */
function failsQueries({ steps }: Facts, { statement }: PlacedStatement): boolean {
  return steps.some(({ refused, queries }) =>
    [...refused.keys()].some((fingerprint) => queries.get(fingerprint)?.by.statement === statement),
  );
}
