import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Review } from '../../src/model/review.ts';
import type { LentDatabase, Sandbox } from '../../src/model/server.ts';
import { statementsOf } from '../../src/sql/statements.ts';
import { reviewProject } from './project.ts';
import { TestRepository } from './repository.ts';

export type ExampleKind = 'bad' | 'good';

/** Texts by path. */
type Texts = Readonly<Record<string, string>>;

/**
 * The example of a rule, from its folder below test/rules: a schema (`base.sql`), sizes (`pg-guardrails.yml`), and
 * in `bad/` and `good/` a change or queries that the rule is to see or to let pass. `change.sql` is a migration
 * that the pull request adds. Files in folders (`migrations/0001_base.sql`) lie in the project as they lie there,
 * for changes of several migrations or to old ones. `captured.ndjson` holds what requests and sessions sent. `data.sql` fills a database on which the queries are executed.
 */
export interface Example {
  readonly base: string;
  readonly config: string;
  /** Files that the change adds or edits, by path in the project. */
  readonly change: Texts;
  readonly queries: string | null;
  /** What requests and sessions sent, as lines of JSON, where the example is about that. */
  readonly captured?: string | null;
  /** The same at the base. */
  readonly capturedAtBase?: string | null;
  /** Rows of a database that the queries are executed on, if they are. */
  readonly data?: string | null;
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
    captured: readIfAny(`${kind}/captured.ndjson`),
    capturedAtBase: readIfAny(`${kind}/captured-at-base.ndjson`),
    data: readIfAny(`${kind}/data.sql`),
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
  { base, config, change, queries, captured = null, capturedAtBase = null, data = null }: Example,
): Promise<Review> {
  using project = new TestRepository({
    'migrations/0001_base.sql': base,
    '.github/pg-guardrails.yml': config,
  });
  const workload = filesOf({ 'queries.sql': queries, 'captured.ndjson': captured });
  const atBase = filesOf({ 'captured-at-base.ndjson': capturedAtBase });
  project.write({ ...change, ...workload, ...atBase });
  await using lent = data === null ? null : await lend(server, base, data);
  const overrides = {
    workload: Object.keys(workload),
    baseWorkload: Object.keys(atBase),
    execute: lent !== null,
  };
  const review = await reviewProject(server, project.root, overrides, lent);
  if (review === null) throw new Error('an example must hold a change or queries');
  return review;
}

function filesOf(texts: Readonly<Record<string, string | null>>): Texts {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([path, text]) => (text === null ? [] : [[path, text] as const])),
  );
}

let databases = 0;

/** A database with rows, which goes when it is disposed of. */
async function lend(server: Sandbox, base: string, data: string): Promise<LentDatabase & AsyncDisposable> {
  databases += 1;
  const name = `lent_${process.pid}_${databases}`;
  await server.createDatabase(name);
  await using session = await server.connect(name, 'owner');
  await session.script(base);
  // VACUUM takes no row for visible whose commit is not yet written, which throw-away servers put off.
  await session.query('SET synchronous_commit = on');
  const parsed = statementsOf(data);
  if (parsed.kind === 'unreadable') throw new Error(parsed.problem.message);
  // One by one, since VACUUM runs in no transaction.
  for (const { sql } of parsed.value) await session.query(sql);
  return {
    name,
    connect: () => server.connect(name, 'owner'),
    [Symbol.asyncDispose]: () => server.dropDatabase(name),
  };
}
