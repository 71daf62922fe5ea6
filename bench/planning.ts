import type { Query } from '../src/model/query.ts';
import type { Sandbox } from '../src/model/server.ts';
import { startEmbedded } from '../src/sandbox/embedded/embedded.ts';
import { inRounds, median, print, range, seconds, signal, timed } from './figures.ts';
import { bareClient } from './floor.ts';
import { generateHistory } from './history.ts';
import { build, captured, twinAndPlans } from './states.ts';

/** With its one constant as a parameter, and three values that it was captured with. */
function parameterised(sql: string): Query {
  const number = /= (\d+)\b/.exec(sql)?.[1];
  if (number !== undefined) return captured(sql.replace(/= \d+\b/, '= $1'), [[number], ['1000'], ['900000']]);
  const text = /'(open|%x%)'/.exec(sql)?.[1];
  return captured(sql.replace(/'(?:open|%x%)'/, '$1'), [[text], ['new'], ['done']]);
}

async function explained(sandbox: Sandbox, database: string, queries: readonly string[]): Promise<number> {
  const client = await bareClient(sandbox, database);
  const [milliseconds] = await timed(async () => {
    for (const sql of queries) await client.query(`EXPLAIN (VERBOSE, FORMAT JSON) ${sql}`);
  });
  await client.end();
  return milliseconds;
}

/** Planning and measuring 1,000 queries at base and at head, against a bare client that explains each once there. */
export async function planning(): Promise<void> {
  const { migrations, added, queries } = generateHistory(200, 1_000, 5);
  await using sandbox = await startEmbedded({ major: 18, limitMs: 60_000, signal });
  const base = await build(sandbox, 'base', migrations.slice(0, -added));
  const head = await build(sandbox, 'head', migrations);
  const known = queries.filter((sql) => !/\bt9[789]\b/.test(sql));
  const plain = known.map((sql) => captured(sql));
  const valued = known.map(parameterised);
  const both = async (all: readonly Query[]) => {
    const results = [await twinAndPlans(sandbox, base, all), await twinAndPlans(sandbox, head, all)];
    const planned = results.flatMap(({ examination }) => [...examination.planned.values()]);
    return {
      milliseconds: results.reduce((sum, { plans }) => sum + plans, 0),
      plans: planned.reduce((sum, { variants }) => sum + variants.length, 0),
    };
  };
  const measured = await inRounds(async () => ({
    floor: (await explained(sandbox, base.name, known)) + (await explained(sandbox, head.name, known)),
    plain: await both(plain),
    valued: await both(valued),
  }));
  print(`\nPlans of ${known.length} queries at base and at head, against a bare client's`);
  print(`  floor          ${seconds(median(measured.map((each) => each.floor)))}`);
  for (const [kind, name] of [
    ['plain', 'constants'],
    ['valued', 'parameters'],
  ] as const) {
    const plans = measured[0]?.[kind].plans;
    print(
      `  ${name.padEnd(14)} ${seconds(median(measured.map((each) => each[kind].milliseconds)))}   ${plans} plans   ratio ${range(measured.map((each) => each[kind].milliseconds / each.floor))}`,
    );
  }
}
