import type { Config } from '../config/config.ts';
import type { MigrationObservation } from '../model/observation.ts';
import type { ProductionStatistics } from '../model/production.ts';
import type { Query } from '../model/query.ts';
import type { Sandbox } from '../model/server.ts';
import { judgedAlike } from '../plans/parameters/judge.ts';
import { noCatalogue } from '../statistics/import/match.ts';
import type { Base } from './base.ts';
import type { Head } from './head.ts';
import { type PlannedState, planState } from './plans.ts';

/** What is planned in both states. */
interface Planned {
  readonly queries: readonly Query[];
  readonly migrations: readonly MigrationObservation[];
  readonly production: ProductionStatistics | null;
}

/** Plans the workload before and after the change, and looks at each query with the same values in both. */
export async function planBothStates(
  sandbox: Sandbox,
  config: Config,
  { base, head }: { readonly base: Base; readonly head: Head },
  { queries, migrations, production }: Planned,
): Promise<{ readonly atBase: PlannedState; readonly atHead: PlannedState }> {
  const [atBase, atHead] = await Promise.all([
    planState(sandbox, base.state, config, { queries, migrations }, { production, earlier: noCatalogue }),
    planState(
      sandbox,
      head.state,
      config,
      { queries, migrations: [] },
      { production, earlier: head.earlier },
    ),
  ]);
  const alike = judgedAlike(atBase.examination, atHead.examination);
  return {
    atBase: { ...atBase, examination: alike.base },
    atHead: { ...atHead, examination: alike.head },
  };
}
