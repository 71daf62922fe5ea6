import { inRounds, median, print, seconds } from './figures.ts';
import { generateHistory, type History } from './history.ts';
import { reviewed } from './reviewed.ts';

/** Tables whose index is replaced, each at a point of its own. */
const replaced = 10;
const queryCount = 10_000;

/** A change that replaces an index of each of some tables, in twice as many migrations. */
function replacing(order: 'drop first' | 'create first'): History {
  const { migrations, queries } = generateHistory(200, queryCount, 0);
  const statements = Array.from({ length: replaced }, (_, index) => index + 5).flatMap((table) => {
    const drop = `DROP INDEX CONCURRENTLY t${table}_status_created_at_idx;`;
    const create = `CREATE INDEX CONCURRENTLY ON t${table} (status, created_at, id);`;
    return order === 'drop first' ? [drop, create] : [create, drop];
  });
  const added = statements.map((text, index) => ({ path: `migrations/0${201 + index}_replace.sql`, text }));
  return { migrations: [...migrations, ...added], added: added.length, queries };
}

/** What the steps in between cost: planned are only the queries of the tables that differ there. */
export async function steps(): Promise<void> {
  const measured = await inRounds(async () => ({
    without: (await reviewed(replacing('create first'))).timings,
    with: (await reviewed(replacing('drop first'))).timings,
  }));
  print(
    `\n${queryCount} queries, and ${replaced} indexes of 100 tables replaced in ${2 * replaced} migrations`,
  );
  print(
    `  planned at base and head             ${seconds(median(measured.map((each) => each.without.plan)))}`,
  );
  print(
    `  and at the ${replaced} points without an index ${seconds(median(measured.map((each) => each.with.plan)))}`,
  );
  print(
    `  trying to write them otherwise       ${seconds(median(measured.map((each) => each.with.remedies)))}`,
  );
}
