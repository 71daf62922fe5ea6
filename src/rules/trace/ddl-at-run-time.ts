import type { Trace, TraceStatement } from '../../model/trace.ts';
import { inShort, onTrace } from '../on-trace.ts';
import { defineRule, type Finding } from '../rule.ts';

export default defineRule({
  id: 'trace/ddl-at-run-time',
  title: 'The application changes the schema while it runs',
  message: '{route:code} sends {statement:code}, which changes the schema[[; so do {others}]]',
  triggeredWhen:
    'a captured request, test or session creates, alters or drops objects that are not temporary, outside of what a migration tool sends',
  impact:
    'it locks tables at a time that nobody chose, from every instance that starts, and its role may change whatever it likes',
  remediation: [
    {
      kind: 'advice',
      title: 'Leave the schema to migrations',
      text: 'Switch the synchronisation of the schema off (`synchronize: false`, `ddl-auto: validate`), write it as a migration, and give the application a role that owns nothing.',
    },
  ],
  core: false,
  *check(facts) {
    for (const trace of facts.traces) yield* findingsIn(trace);
  },
});

function findingsIn(trace: Trace): readonly Finding[] {
  const [first, ...others] = trace.statements.filter(({ isDefinition }) => isDefinition);
  if (first === undefined) return [];
  return [
    onTrace(trace, first, 'medium', {
      statement: inShort(first),
      others: othersInShort(others),
    }),
  ];
}

/** Further ones are as many lines that nobody reads. */
const mostListed = 4;

function othersInShort(others: readonly TraceStatement[]): string | null {
  const rest = others.length > mostListed ? [`and ${others.length - mostListed} more`] : [];
  return others.length === 0 ? null : [...others.slice(0, mostListed).map(inShort), ...rest].join('; ');
}
