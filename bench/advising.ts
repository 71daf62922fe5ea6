import { usualThroughput } from '../src/estimates/assumptions.ts';
import { advise } from '../src/remedies/indexes/advise.ts';
import { SchemaFacts } from '../src/rules/schema-facts.ts';
import { startEmbedded } from '../src/sandbox/embedded/embedded.ts';
import { inRounds, median, print, seconds, signal, timed } from './figures.ts';
import { generateHistory } from './history.ts';
import { build, captured, sizesOf, twinAndPlans } from './states.ts';

/** By tables and queries. */
const cases = [
  [20, 200],
  [40, 100],
  [40, 200],
  [40, 400],
  [80, 200],
] as const;

/** Of each table some columns are compared and sorted by that have no index, or only half of one. */
function queryText(index: number, tables: number): string {
  const table = `t${1 + (index % (tables - 1))}`;
  const limit = 10 + index;
  switch (Math.floor(index / (tables - 1)) % 5) {
    case 0:
      return `SELECT id FROM ${table} WHERE name = 'n' LIMIT ${limit}`;
    case 1:
      return `SELECT * FROM ${table} WHERE parent_id = 3 ORDER BY created_at DESC LIMIT ${limit}`;
    case 2:
      return `SELECT p.name, c.id FROM ${table} c JOIN t0 p ON p.id = c.parent_id WHERE c.note = 'n' LIMIT ${limit}`;
    case 3:
      return `SELECT status, amount FROM ${table} WHERE status = 'open' AND amount > 1000 ORDER BY amount LIMIT ${limit}`;
    default:
      return `SELECT id FROM ${table} WHERE lower(name) = 'n' AND status = 'open' LIMIT ${limit}`;
  }
}

/** Choosing indexes for a workload: building all candidates, and asking the planner about them. */
export async function advising(): Promise<void> {
  print(
    '\nAdvice on indexes: tables, queries, time, candidates, plans that were made for it, indexes advised',
  );
  await using sandbox = await startEmbedded({ major: 18, limitMs: 60_000, signal });
  for (const [tables, queries] of cases) {
    const { migrations } = generateHistory(2 * tables, 0, 1);
    const state = await build(sandbox, `schema_${tables}_${queries}`, migrations);
    const texts = Array.from({ length: queries }, (_, index) => queryText(index, tables));
    const sized = sizesOf(state);
    const { examination } = await twinAndPlans(
      sandbox,
      state,
      texts.map((sql) => captured(sql)),
    );
    const advised = {
      ...sized,
      database: state.name,
      schema: new SchemaFacts(state.schema),
      settings: [],
      planned: [...examination.planned.values()],
      added: [],
    };
    const measured = await inRounds(async () => {
      await sandbox.dropDatabase(`${state.name}_what_if`);
      return timed(() => advise(sandbox, advised, usualThroughput, null));
    });
    const milliseconds = median(measured.map(([each]) => each));
    const { candidates = 0, plans = 0, missing = [] } = measured[0]?.[1] ?? {};
    print(
      `  ${String(tables).padStart(4)} ${String(queries).padStart(6)} ${seconds(milliseconds)} ${String(candidates).padStart(6)} ${String(plans).padStart(6)} ${String(missing.length).padStart(4)}   ${(milliseconds / plans).toFixed(2)} ms a plan`,
    );
  }
}
