import type { Trace } from '../../model/trace.ts';
import type { Facts } from '../facts.ts';
import { inShort, inTrace, onTrace, totalMs } from '../on-trace.ts';
import { defineRule, type Finding } from '../rule.ts';
import { mostSevere } from '../severity.ts';
import { repetitionOf } from '../trace-loops.ts';
import { writesOneRow } from '../trace-queries.ts';
import { tablesOf } from '../trace-tables.ts';

export default defineRule({
  id: 'trace/repeated-sequence',
  title: 'A sequence of queries is repeated for each row',
  message:
    '{route:code} sends these {length:count} queries {count:count} times in a row: {sequence}[[, {ms:count} ms in all]]',
  triggeredWhen:
    'a request, test or session reads with the same two to five queries in the same order, three times or more',
  impact: 'each row costs as many round trips as the sequence is long, and their number grows with the data',
  remediation: [
    {
      kind: 'advice',
      title: 'Load each kind for all rows together',
      text: 'Collect the keys first, then send each of the queries once, with `= ANY ($1)` in the place of `= $1`.',
    },
  ],
  core: false,
  *check(facts) {
    yield* mostSevere(facts.traces.flatMap((trace) => findingsIn(facts, trace)));
  },
});

function findingsIn(facts: Facts, trace: Trace): readonly Finding[] {
  return repetitionOf(trace, tablesOf(facts)).sequences.flatMap(({ repetitions }): readonly Finding[] => {
    const [sequence = []] = repetitions;
    // Rows that are written one by one are told by trace/n-plus-one-writes, with what is read in between.
    if (sequence.some(writesOneRow)) return [];
    const severity = inTrace(trace, facts.severity('trace/repeated-sequence', repetitions.length));
    if (severity === 'healthy') return [];
    const ms = totalMs(repetitions.flat());
    return [
      onTrace(trace, sequence[0], severity, {
        count: repetitions.length,
        length: sequence.length,
        sequence: sequence.map(inShort).join('; '),
        fingerprints: sequence.map(({ fingerprint }) => fingerprint).join(' '),
        ms: ms === null ? null : Math.round(ms),
      }),
    ];
  });
}
