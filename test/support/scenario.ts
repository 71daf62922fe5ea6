import type { Insight } from '../../src/model/insight.ts';
import type { Review } from '../../src/model/review.ts';
import type { CommandLine } from './command-line.ts';
import { TestProject } from './project.ts';

/** A change, as people tell of it. */
export interface Scenario {
  /** The base, as one migration. */
  readonly base: string;
  /** Migrations of the change, in order. */
  readonly change: readonly string[];
  /** Sizes and more, as YAML. */
  readonly config: string;
  /** What head sends, as lines of JSON. */
  readonly queries?: string;
  /** What the base sends, where that is to be compared. */
  readonly earlierQueries?: string;
  /** The statistics file. */
  readonly statistics?: string;
}

/** Has it reviewed by the command line as it is delivered, in a process of its own. */
export async function reviewScenario(commandLine: CommandLine, scenario: Scenario): Promise<Review> {
  const { base, change, config, queries, earlierQueries, statistics } = scenario;
  const names = change.map((_, index) => `000${index + 2}_change.sql`);
  using project = new TestProject({
    'migrations/0001_base.sql': base,
    ...Object.fromEntries(change.map((sql, index) => [`migrations/${names[index]}`, sql])),
    '.github/pg-guardrails.yml': config,
    ...(queries === undefined ? {} : { 'queries.ndjson': queries }),
    ...(earlierQueries === undefined ? {} : { 'earlier.ndjson': earlierQueries }),
    ...(statistics === undefined ? {} : { 'statistics.json': statistics }),
  });
  const ended = await commandLine.run(
    project.root,
    'check',
    ...(names.length === 0 ? [] : ['--new', ...names]),
    ...(queries === undefined ? [] : ['--workload', 'queries.ndjson']),
    ...(earlierQueries === undefined ? [] : ['--base-workload', 'earlier.ndjson']),
    ...(statistics === undefined ? [] : ['--statistics', 'statistics.json']),
  );
  if (ended.review === null) throw new Error(ended.stderr);
  return ended.review;
}

/** The insight of a rule, or an error that names those that there are. */
export function insightOf({ insights }: Review, rule: string): Insight {
  const found = insights.find((each) => each.rule === rule);
  if (found === undefined) throw new Error(`${rule} is not among ${insights.map((each) => each.rule)}`);
  return found;
}

/** Rules that say more than a remark. */
export function rulesOf({ insights }: Review): readonly string[] {
  return insights.filter(({ severity }) => severity !== 'low').map(({ rule }) => rule);
}
