import type { Trace } from '../../model/trace.ts';
import type { Facts } from '../facts.ts';
import { inTrace, onTrace, sentFrom } from '../on-trace.ts';
import { defineRule, type Finding } from '../rule.ts';
import { mostSevere } from '../severity.ts';
import { isWrite } from '../trace-queries.ts';
import { isolationInWords, transactionsOf } from '../trace-transactions.ts';

export default defineRule({
  id: 'trace/chatty-transaction',
  title: 'Every write commits alone',
  message:
    '{route:code} writes with {count:count} statements and commits each of them by itself, {isolation}[[; the first at {began:code}]]; its order: {order:code}',
  triggeredWhen:
    'a request, test or session sends ten or more writing statements, each in a transaction of its own',
  impact:
    'each commit waits for the disk; and where one of them fails, what was written before it stays: half an order',
  remediation: [
    {
      kind: 'advice',
      title: 'Commit what belongs together at once',
      text: 'Put them into one transaction (BEGIN ... COMMIT), and where they are alike into one statement with several rows.',
    },
  ],
  core: false,
  *check(facts) {
    yield* mostSevere(facts.traces.flatMap((trace) => findingsIn(facts, trace)));
  },
});

function findingsIn(facts: Facts, trace: Trace): readonly Finding[] {
  const inBlocks = transactionsOf(trace);
  const within = new Set(inBlocks.flatMap(({ all }) => all));
  const alone = trace.statements.filter((statement) => !within.has(statement) && isWrite(statement));
  const wrapped = inBlocks.flatMap(({ body }) => (body.length === 1 ? body.filter(isWrite) : []));
  const writes = [...wrapped, ...alone];
  const severity = inTrace(trace, facts.severity('trace/chatty-transaction', writes.length));
  return severity === 'healthy'
    ? []
    : [
        onTrace(trace, writes[0], severity, {
          count: writes.length,
          isolation: isolationInWords(inBlocks[0] ?? trace),
          began: sentFrom(writes),
        }),
      ];
}
