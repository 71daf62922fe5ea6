import { fingerprintOf } from '../../sql/fingerprint.ts';
import { parse } from '../../sql/grammar.ts';
import { nodeType } from '../../sql/kind.ts';
import type { Facts, StatementFacts } from '../facts.ts';
import { onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

/** From this share of the sandbox's rows on, the migration is taken to go through all rows of a table. */
const goesThroughAll = 0.5;

export default defineRule({
  id: 'trace/n-plus-one-writes',
  title: 'A migration changes rows one by one',
  message:
    'is the first of {count:count} statements of this migration that differ in their values only and change a row each: {expected:count} statements at production, one after the other',
  triggeredWhen:
    'a migration holds, or its tool sends, five or more UPDATE or DELETE statements of the same shape, none of which changes more than a row',
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
        count: repeated.length,
        expected,
      });
    }
  },
});

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
