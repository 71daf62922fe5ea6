import { type PatternMatch, unanchoredMatches } from '../../sql/predicate.ts';
import type { Facts } from '../facts.ts';
import type { PlanFacts } from '../facts-source.ts';
import { onPlan } from '../on-plan.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'query/like-leading-wildcard',
  title: 'A pattern match reads the whole table',
  message: 'compares {rows:count} rows of {table:code} with the pattern in {comparison:code}',
  triggeredWhen:
    'a filter holds LIKE with a wildcard in front, ILIKE, or a regular expression that is not anchored, and no trigram index serves it',
  impact: 'an ordinary index is sorted from the first character on and does not help to find a later one',
  remediation: [
    {
      kind: 'advice',
      title: 'Use a trigram index',
      text: 'CREATE EXTENSION pg_trgm, then a GIN index with gin_trgm_ops on the column; for words in prose, full text search.',
    },
  ],
  core: true,
  *check(facts) {
    for (const plan of facts.plans) {
      const [worst] = matchesIn(facts, plan).toSorted((a, b) => b.rows - a.rows);
      yield worst === undefined
        ? onPlan(facts, plan, 'healthy', {})
        : onPlan(facts, plan, facts.severity('query/like-leading-wildcard', worst.rows), { ...worst });
    }
  },
});

interface Match {
  readonly table: string;
  readonly rows: number;
  readonly comparison: string;
}

function matchesIn(facts: Facts, { measures }: PlanFacts): readonly Match[] {
  return measures.nodes.flatMap(({ node, rowsRead }): readonly Match[] => {
    const { operation } = node;
    if (operation.kind !== 'scan' || operation.filter === null) return [];
    const table = `${operation.relation.schema}.${operation.relation.name}`;
    // How many rows match a pattern is a guess of the planner's, and with it how early a LIMIT ends the scan.
    const rows = operation.access === 'sequential' ? (facts.table(table)?.rows ?? rowsRead) : rowsRead;
    return unanchoredMatches(operation.filter)
      .filter(({ column }) => !hasTrigramIndex(facts, table, column))
      .map((match) => ({ table, rows: Math.round(rows), comparison: inShort(match) }));
  });
}

function hasTrigramIndex(facts: Facts, table: string, column: string): boolean {
  const indexes = facts.table(table)?.indexes ?? [];
  return indexes.some(({ keys }) =>
    keys.some((key) => key.column === column && key.operatorClass.includes('trgm')),
  );
}

function inShort({ alias, column, operator, pattern }: PatternMatch): string {
  const name = operator === 'regular expression' ? '~' : operator;
  return `${alias}.${column} ${name} ${pattern === null ? '…' : `'${pattern}'`}`;
}
