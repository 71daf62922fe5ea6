import { analyzedTables } from '../../sql/analyze.ts';
import { newRelations } from '../alterations.ts';
import { productionRows } from '../changed-rows.ts';
import type { Facts } from '../facts.ts';
import type { StatementFacts } from '../facts-source.ts';
import { onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';
import { milder } from '../severity.ts';

/** From this share of changed rows on, autovacuum analyses a table (autovacuum_analyze_scale_factor). */
const analyzeShare = 0.1;

export default defineRule({
  id: 'migration/missing-analyze',
  title: 'The planner is not told what is new',
  message:
    '{what}, and no ANALYZE of {table:code} ({rows:count} rows) follows: the planner guesses about it until {until}',
  triggeredWhen:
    'an index on an expression, extended statistics, or new values in a tenth of the rows come to a table that existed before, and no later statement of the change analyses it',
  impact:
    'an index that is there goes unused, or is used where it should not be: without statistics of an expression, PostgreSQL assumes that a comparison keeps half a percent of the rows',
  remediation: [
    {
      kind: 'sql',
      title: 'Analyse the table afterwards',
      text: 'ANALYZE {table};',
    },
  ],
  core: false,
  *check(facts) {
    const created = newRelations(facts);
    for (const [index, each] of facts.statements.entries()) {
      for (const { table, what, isMended, misleads } of newToPlanner(facts, each)) {
        const rows = facts.table(table)?.rows ?? 0;
        const follows = facts.statements.slice(index + 1).some((later) => analyzes(later, table));
        const severity = facts.severity('migration/missing-analyze', rows);
        if (created.has(table) || follows || severity === 'healthy') continue;
        yield onStatement(each, misleads ? severity : milder(severity, 'low'), {
          what,
          table,
          rows,
          until: isMended ? 'autovacuum gets to it' : 'a tenth of the rows have changed',
        });
      }
    }
  },
});

interface NewToPlanner {
  readonly table: string;
  readonly what: string;
  /** Whether autovacuum will notice by itself. */
  readonly isMended: boolean;
  /** Whether plans may become worse than they were, instead of only no better. */
  readonly misleads: boolean;
}

function newToPlanner(facts: Facts, each: StatementFacts): readonly NewToPlanner[] {
  const { statement } = each;
  const created = statement.differences.flatMap((each) => (each.kind === 'created' ? [each.object] : []));
  const expressions = created.flatMap((object): readonly NewToPlanner[] => {
    if (object.kind !== 'index') return [];
    const columns = new Set(facts.schema.on(object.table, 'column').map(({ name }) => name));
    const expression = object.keys.find((key) => !columns.has(key.replaceAll(/^"|"$/g, '')));
    if (expression === undefined) return [];
    return [
      { table: object.table, what: `indexes the expression ${expression}`, isMended: false, misleads: true },
    ];
  });
  // CREATE STATISTICS locks its table in the same mode as ANALYZE would.
  const [looked] = statement.takes.filter(({ mode }) => mode === 'ShareUpdateExclusiveLock');
  const statistics = created.flatMap((object): readonly NewToPlanner[] =>
    object.kind === 'statistics' && looked !== undefined
      ? [
          {
            table: looked.relation,
            what: `adds the statistics ${object.name}, which are empty`,
            isMended: false,
            misleads: false,
          },
        ]
      : [],
  );
  const changed = productionRows(facts, each)
    .filter(({ share }) => share >= analyzeShare)
    .map(({ table }) => ({
      table,
      what: 'changes a large part of the rows',
      isMended: true,
      misleads: false,
    }));
  return [...expressions, ...statistics, ...changed];
}

function analyzes({ statement }: StatementFacts, table: string): boolean {
  const analyzed = analyzedTables(statement.sql);
  return analyzed === 'all' || analyzed.some((name) => table.endsWith(`.${name}`));
}
