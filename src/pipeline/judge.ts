import type { Config } from '../config/config.ts';
import type { Change } from '../model/change.ts';
import type { Migration } from '../model/migration.ts';
import type { MigrationObservation } from '../model/observation.ts';
import type { Suppression } from '../model/suppression.ts';
import type { Facts } from '../rules/facts.ts';
import { rules } from '../rules/index.ts';
import { type Judgement, judge } from '../rules/judge.ts';
import { activeRules, type Finding } from '../rules/rule.ts';
import { suppress } from '../rules/suppress.ts';
import { suppressionsIn } from '../sql/suppressions.ts';
import type { Workload } from '../workload/read.ts';
import type { PlannedState } from './plans.ts';

/** What is judged, beside the facts. */
interface Judged {
  readonly change: Change;
  readonly migrations: readonly MigrationObservation[];
  readonly workload: Pick<Workload, 'queries' | 'suppressions'>;
  readonly atHead: PlannedState;
  /** The day, as `2026-12-31`. */
  readonly today: string;
}

/** Asks all active rules, and lets pass what somebody has suppressed. */
export function judgeChange(
  config: Config,
  facts: { readonly base: Facts; readonly head: Facts },
  { change, migrations, workload, atHead, today }: Judged,
): readonly Judgement[] {
  const active = activeRules(rules, config.switches);
  const judged = judge(active, facts.head, facts.base, (finding) => isOnChangedLine(finding, change));
  const suppressions = [
    ...change.added.flatMap(suppressionsOf),
    ...workload.suppressions,
    ...config.suppressions,
  ];
  return suppress(judged, suppressions, facts.head, {
    change,
    migrations,
    queries: new Map(workload.queries.map((query) => [query.fingerprint, query])),
    planned: new Set(atHead.examination.planned.keys()),
    known: rules,
    active,
    today,
  });
}

/** Comments in what a tool sent stand at no line of a file. */
function suppressionsOf({ path, text, lines }: Migration): readonly Suppression[] {
  return lines === undefined ? suppressionsIn(path, text) : [];
}

/** Whether the code that a finding points at is part of the change, so that what it sends is new with it. */
function isOnChangedLine({ subject, location }: Finding, { changedLines }: Change): boolean {
  const isSent = subject.kind === 'query' || subject.kind === 'trace';
  if (!isSent || location === null) return false;
  const ranges = changedLines.get(location.file) ?? [];
  return ranges.some(({ from, to }) => location.line >= from && location.line <= to);
}
