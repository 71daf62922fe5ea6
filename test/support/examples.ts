import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Review } from '../../src/model/review.ts';
import type { Sandbox } from '../../src/model/server.ts';
import { reviewProject } from './project.ts';
import { TestRepository } from './repository.ts';

export type ExampleKind = 'bad' | 'good';

/** Texts by path. */
type Texts = Readonly<Record<string, string>>;

/**
 * The example of a rule, from its folder below test/rules: a schema (`base.sql`), sizes (`pg-guardrails.yml`), and
 * in `bad/` and `good/` a change or queries that the rule is to see or to let pass. `change.sql` is a migration
 * that the pull request adds. Files in folders (`migrations/0001_base.sql`) lie in the project as they lie there,
 * for changes of several migrations or to old ones.
 */
export interface Example {
  readonly base: string;
  readonly config: string;
  /** Files that the change adds or edits, by path in the project. */
  readonly change: Texts;
  readonly queries: string | null;
}

const folder = join(import.meta.dirname, '..', 'rules');

export function readExample(ruleId: string, kind: ExampleKind): Example {
  const read = (name: string) => readFileSync(join(folder, ruleId, name), 'utf8');
  const readIfAny = (name: string) => (existsSync(join(folder, ruleId, name)) ? read(name) : null);
  const change = readIfAny(`${kind}/change.sql`);
  return {
    base: read('base.sql'),
    config: read('pg-guardrails.yml'),
    change: {
      ...(change === null ? {} : { 'migrations/0002_change.sql': change }),
      ...filesInFolders(join(folder, ruleId, kind)),
    },
    queries: readIfAny(`${kind}/queries.sql`),
  };
}

function filesInFolders(root: string): Texts {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.includes('/') && statSync(join(root, path)).isFile(),
  );
  return Object.fromEntries(paths.toSorted().map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

/** Runs an example as what it stands for: a project with a pull request. */
export async function runExample(
  server: Sandbox,
  { base, config, change, queries }: Example,
): Promise<Review> {
  using project = new TestRepository({
    'migrations/0001_base.sql': base,
    '.github/pg-guardrails.yml': config,
  });
  project.write({ ...change, ...(queries === null ? {} : { 'queries.sql': queries }) });
  const review = await reviewProject(server, project.root, {
    workload: queries === null ? [] : ['queries.sql'],
  });
  if (review === null) throw new Error('an example must hold a change or queries');
  return review;
}
