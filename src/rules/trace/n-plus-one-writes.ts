import type { Trace } from '../../model/trace.ts';
import { fingerprintOf } from '../../sql/fingerprint.ts';
import { parse } from '../../sql/grammar.ts';
import { nodeType } from '../../sql/kind.ts';
import type { Facts } from '../facts.ts';
import type { StatementFacts } from '../facts-source.ts';
import { onStatement } from '../on-statement.ts';
import { inShort, inTrace, nameOf, onTrace } from '../on-trace.ts';
import { expectedLoop, rowLoopOf } from '../row-loops.ts';
import { defineRule, type Finding } from '../rule.ts';
import { mostSevere } from '../severity.ts';
import { repeatedBlocks } from '../trace-blocks.ts';
import { writesOneRow } from '../trace-queries.ts';

/** From this share of the sandbox's rows on, the migration is taken to go through all rows of a table. */
const goesThroughAll = 0.5;

export default defineRule({
  id: 'trace/n-plus-one-writes',
  title: 'Rows are written one by one',
  message:
    'is the first of {count:count} statements of {where} that differ in their values only and write a row each[[, with {between:code} between them]][[: {expected:count} statements at production, one after the other]][[, which takes {low..high:seconds}]]',
  triggeredWhen:
    'a migration holds, or its tool sends, five or more UPDATE or DELETE statements of the same shape, none of which changes more than a row; or a captured request, or a migration that was captured, sends as many INSERT, UPDATE or DELETE statements in a row, or with the same queries between them',
  impact:
    'each row costs a round trip, and every row stays locked until the last is written: minutes become hours as the table grows',
  remediation: [
    {
      kind: 'advice',
      title: 'Say it in one statement, in batches',
      text: 'Write one UPDATE that works out the new values, from other columns or from a list (UPDATE ... FROM (VALUES ...)), restricted to a range of the primary key, and commit each range of some thousand rows.',
    },
  ],
  core: false,
  *check(facts) {
    for (const repeated of repetitions(facts.statements)) {
      const [first] = repeated;
      if (first === undefined) continue;
      const expected = expectedAtProduction(facts, repeated);
      const severity = facts.severity('trace/n-plus-one-writes', expected);
      if (severity === 'healthy') continue;
      yield onStatement(first, severity, {
        table: tableOf(repeated),
        where: 'this migration',
        count: repeated.length,
        between: null,
        expected,
        low: null,
        high: null,
      });
    }
    const traces = [...facts.traces, ...facts.migrationTraces];
    yield* mostSevere(traces.flatMap((trace) => writesIn(facts, trace)));
  },
});

function writesIn(facts: Facts, trace: Trace): readonly Finding[] {
  return repeatedBlocks(trace).flatMap((block): readonly Finding[] => {
    const { repetitions } = block;
    const [sequence = []] = repetitions;
    const loop = rowLoopOf(block);
    const expected = loop === null ? null : expectedLoop(facts, trace, loop);
    const found = facts.severity('trace/n-plus-one-writes', expected?.rows ?? repetitions.length);
    // What goes through a whole table is one piece of work, whatever its session served besides.
    const severity = expected === null ? inTrace(trace, found) : found;
    if (severity === 'healthy') return [];
    return sequence.flatMap((statement): readonly Finding[] => {
      if (!writesOneRow(statement)) return [];
      const others = sequence.filter((each) => each !== statement);
      return [
        onTrace(trace, statement, severity, {
          table: expected === null ? null : (loop?.relation ?? null),
          where: nameOf(trace),
          count: repetitions.length,
          between: others.length === 0 ? null : others.map(inShort).join('; '),
          expected: expected?.rows ?? null,
          low: expected?.seconds.low ?? null,
          high: expected?.seconds.high ?? null,
        }),
      ];
    });
  });
}

/** Statements of one migration and one shape, where there are several. */
function repetitions(statements: readonly StatementFacts[]): readonly (readonly StatementFacts[])[] {
  const shaped = statements.flatMap((each) => {
    const shape = shapeOfWrite(each.statement.sql);
    return shape !== null && changesOneAtMost(each) ? [{ each, shape: `${each.file}\0${shape}` }] : [];
  });
  return [...Map.groupBy(shaped, ({ shape }) => shape).values()]
    .filter((group) => group.length > 1)
    .map((group) => group.map(({ each }) => each));
}

function shapeOfWrite(sql: string): string | null {
  const parsed = parse(sql);
  const node = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
  if (node === undefined) return null;
  return ['UpdateStmt', 'DeleteStmt'].includes(nodeType(node)) ? fingerprintOf(node) : null;
}

function changesOneAtMost({ statement: { changedRows } }: StatementFacts): boolean {
  return changedRows.reduce((sum, { updated, deleted }) => sum + updated + deleted, 0) <= 1;
}

function tableOf(repeated: readonly StatementFacts[]): string | null {
  const [changed] = repeated.flatMap(({ statement }) => statement.changedRows);
  return changed?.relation ?? null;
}

/** A loop over most rows of the sandbox goes over as many of production's; a list that is written down stays as long. */
function expectedAtProduction(facts: Facts, repeated: readonly StatementFacts[]): number {
  const changed = repeated.flatMap(({ statement }) => statement.changedRows);
  const [first] = changed;
  const table = first === undefined ? null : facts.table(first.relation);
  if (first === undefined || table === null || changed.length < goesThroughAll * first.of)
    return repeated.length;
  return Math.max(repeated.length, Math.round((changed.length / first.of) * table.rows));
}
