import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Review } from '../../src/model/review.ts';
import type { Sandbox } from '../../src/model/server.ts';
import { reviewProject, TestProject } from './project.ts';

export type ExampleKind = 'bad' | 'good';

/** The example of a rule: a schema, sizes, and a change or queries that the rule is to see or to let pass. */
export interface Example {
  readonly base: string;
  readonly config: string;
  readonly change: string | null;
  readonly queries: string | null;
}

const folder = join(import.meta.dirname, '..', 'rules');

export function readExample(ruleId: string, kind: ExampleKind): Example {
  const read = (name: string) => readFileSync(join(folder, ruleId, name), 'utf8');
  const readIfAny = (name: string) => (existsSync(join(folder, ruleId, name)) ? read(name) : null);
  return {
    base: read('base.sql'),
    config: read('pg-guardrails.yml'),
    change: readIfAny(`${kind}/change.sql`),
    queries: readIfAny(`${kind}/queries.sql`),
  };
}

/** Runs an example as what it stands for: a project whose pull request adds one migration. */
export async function runExample(
  server: Sandbox,
  { base, config, change, queries }: Example,
): Promise<Review> {
  using project = new TestProject({
    'migrations/0001_base.sql': base,
    '.github/pg-guardrails.yml': config,
    ...(change === null ? {} : { 'migrations/0002_change.sql': change }),
    ...(queries === null ? {} : { 'queries.sql': queries }),
  });
  const review = await reviewProject(server, project.root, {
    comparison: { kind: 'named', files: change === null ? [] : ['0002_change.sql'] },
    workload: queries === null ? [] : ['queries.sql'],
  });
  if (review === null) throw new Error('an example must hold a change or queries');
  return review;
}
