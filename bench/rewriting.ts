import { rewriteQueries } from '../src/remedies/rewrites/rewrites.ts';
import { startEmbedded } from '../src/sandbox/embedded/embedded.ts';
import { inRounds, median, print, seconds, signal, timed } from './figures.ts';
import { generateHistory } from './history.ts';
import { build, captured, twinAndPlans } from './states.ts';

const tables = 40;

/** What can be written in another form. */
function queryText(index: number): string {
  const table = 1 + (index % (tables - 1));
  const parent = Math.floor(table / 2);
  switch (index % 4) {
    case 0:
      return `SELECT id FROM t${parent} WHERE id NOT IN (SELECT parent_id FROM t${table}) AND id > ${index}`;
    case 1:
      return `SELECT id FROM t${table} WHERE date(created_at AT TIME ZONE 'UTC') = '2026-01-01' AND id > ${index}`;
    case 2:
      return `SELECT id FROM t${table} WHERE id + 1 = ${index}`;
    default:
      return `SELECT p.id, (SELECT count(*) FROM t${table} c WHERE c.parent_id = p.id) FROM t${parent} p WHERE p.id > ${index}`;
  }
}

/** Writing 100 queries in other forms: planning those, and comparing their results on rows. */
export async function rewriting(): Promise<void> {
  const texts = Array.from({ length: 100 }, (_, index) => queryText(index));
  const { migrations } = generateHistory(2 * tables, 0, 1);
  await using sandbox = await startEmbedded({ major: 18, limitMs: 60_000, signal });
  const state = await build(sandbox, 'schema', migrations);
  const { examination } = await twinAndPlans(
    sandbox,
    state,
    texts.map((sql) => captured(sql)),
  );
  const measured = await inRounds((round) =>
    timed(() =>
      rewriteQueries({
        sandbox,
        catalogue: state.catalogue,
        schema: state.name,
        twin: `${state.name}_twin`,
        database: `rewrites_${round}`,
        queries: [...examination.planned.values()],
        now: () => performance.now(),
      }),
    ),
  );
  const forms = measured[0]?.[1].rewrites ?? [];
  const verified = forms.filter(({ verdict }) => verdict.kind === 'verified').length;
  print(
    `\n${texts.length} queries in other forms: ${seconds(median(measured.map(([each]) => each))).trim()}   ${forms.length} forms, ${verified} of them verified`,
  );
}
