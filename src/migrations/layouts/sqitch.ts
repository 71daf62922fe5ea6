import { basename, dirname, join } from 'node:path/posix';
import type { Layout, ReadMigrations, SourceFile, VersionRemark } from '../../model/change.ts';
import type { Draft, Migration, Script } from '../../model/migration.ts';
import { CannotReview, problem } from '../../model/problem.ts';
import { sqlOf } from './conventions/drafts.ts';
import { iniSection } from './conventions/ini.ts';
import type { Placeholders } from './conventions/placeholders.ts';
import { readPsql } from './conventions/psql.ts';
import { readPlan } from './sqitch-plan.ts';
import type { Tool } from './tool.ts';

/**
 * Sqitch: `deploy/NAME.sql` and `revert/NAME.sql` in the order of `sqitch.plan`. psql runs a script, so each
 * statement is sent alone, and the script begins and commits transactions itself (Sqitch documentation,
 * "sqitchtutorial"). Variables of psql come from `sqitch.conf`, `[deploy "variables"]`.
 */
export const sqitch: Tool = {
  name: 'sqitch',
  folders: ['sqitch', 'db', 'sql', '.'],
  async configuration(project) {
    const file = 'sqitch.conf';
    const text = await project.text(file);
    if (text === null) return null;
    const folder = join(iniSection(text, 'core').get('top_dir') ?? '.');
    return { file, folders: [folder], placeholders: iniSection(text, 'deploy "variables"') };
  },
  recognises: ({ files }) => (files.includes('sqitch.plan') ? 'marks' : null),
  layout: (placeholders) => ({
    name: 'sqitch',
    isOrderedByVersion: true,
    bookkeeping,
    isMigration: (path) => path === 'sqitch.plan' || /^(?:deploy|revert)\/.+\.sql$/.test(path),
    order: (files) => order(files, placeholders),
    write,
  }),
};

/** As in theory/sqitch, `lib/App/Sqitch/Engine/pg.sql`, without comments. */
const bookkeeping: Layout['bookkeeping'] = [
  {
    name: 'sqitch',
    ddl: `CREATE SCHEMA sqitch;
CREATE TABLE sqitch.releases (
  version real PRIMARY KEY,
  installed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  installer_name text NOT NULL,
  installer_email text NOT NULL
);
CREATE TABLE sqitch.projects (
  project text PRIMARY KEY,
  uri text NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  creator_name text NOT NULL,
  creator_email text NOT NULL
);
CREATE TABLE sqitch.changes (
  change_id text PRIMARY KEY,
  script_hash text,
  change text NOT NULL,
  project text NOT NULL REFERENCES sqitch.projects (project) ON UPDATE CASCADE,
  note text NOT NULL DEFAULT '',
  committed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  committer_name text NOT NULL,
  committer_email text NOT NULL,
  planned_at timestamptz NOT NULL,
  planner_name text NOT NULL,
  planner_email text NOT NULL,
  UNIQUE (project, script_hash)
);
CREATE TABLE sqitch.tags (
  tag_id text PRIMARY KEY,
  tag text NOT NULL,
  project text NOT NULL REFERENCES sqitch.projects (project) ON UPDATE CASCADE,
  change_id text NOT NULL REFERENCES sqitch.changes (change_id) ON UPDATE CASCADE,
  note text NOT NULL DEFAULT '',
  committed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  committer_name text NOT NULL,
  committer_email text NOT NULL,
  planned_at timestamptz NOT NULL,
  planner_name text NOT NULL,
  planner_email text NOT NULL,
  UNIQUE (project, tag)
);
CREATE TABLE sqitch.dependencies (
  change_id text NOT NULL REFERENCES sqitch.changes (change_id) ON UPDATE CASCADE ON DELETE CASCADE,
  type text NOT NULL,
  dependency text NOT NULL,
  dependency_id text NULL REFERENCES sqitch.changes (change_id) ON UPDATE CASCADE,
  PRIMARY KEY (change_id, dependency)
);
CREATE TABLE sqitch.events (
  event text NOT NULL,
  change_id text NOT NULL,
  change text NOT NULL,
  project text NOT NULL REFERENCES sqitch.projects (project) ON UPDATE CASCADE,
  note text NOT NULL DEFAULT '',
  requires text[] NOT NULL DEFAULT '{}',
  conflicts text[] NOT NULL DEFAULT '{}',
  tags text[] NOT NULL DEFAULT '{}',
  committed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  committer_name text NOT NULL,
  committer_email text NOT NULL,
  planned_at timestamptz NOT NULL,
  planner_name text NOT NULL,
  planner_email text NOT NULL,
  PRIMARY KEY (change_id, committed_at)
)`,
  },
];

function order(files: readonly SourceFile[], placeholders: Placeholders): ReadMigrations {
  const plan = files.find(({ path }) => basename(path) === 'sqitch.plan');
  if (plan === undefined) {
    const [first] = files;
    if (first === undefined) return { migrations: [], remarks: [] };
    const hint = 'name its folder with --migrations';
    throw new CannotReview([
      problem('there is no sqitch.plan', hint, { file: dirname(first.path), line: null }),
    ]);
  }
  const top = dirname(plan.path);
  const changes = readPlan(plan.text);
  const planned = new Set(
    changes.flatMap(({ script }) => [pathOf(top, 'deploy', script), pathOf(top, 'revert', script)]),
  );
  const scripts = readPsql(
    files.filter(({ path }) => planned.has(path)),
    placeholders,
  );
  const byPath = new Map(
    scripts.map((file): [string, Script] => [file.path, { ...file, wrapping: 'statements' }]),
  );
  const migrations = changes.flatMap(({ name, script }): readonly Migration[] => {
    const deploy = byPath.get(pathOf(top, 'deploy', script));
    if (deploy === undefined) return [];
    const down = byPath.get(pathOf(top, 'revert', script)) ?? null;
    return [{ ...deploy, version: name, kind: 'versioned', down }];
  });
  const unplanned = files.filter(({ path }) => path.startsWith(join(top, 'deploy/')) && !planned.has(path));
  return {
    migrations,
    remarks: unplanned.map(({ path }): VersionRemark => ({ kind: 'unversioned', path })),
  };
}

function pathOf(top: string, direction: 'deploy' | 'revert', script: string): string {
  return join(top, direction, `${script}.sql`);
}

/** One script can hold several transactions, so that the plan stays as it is. */
function write(drafts: readonly Draft[], instead: Migration): readonly SourceFile[] {
  const steps = drafts.map(({ transaction, statements }) =>
    transaction === 'one' ? `BEGIN;\n${sqlOf(statements)}COMMIT;\n` : sqlOf(statements),
  );
  return [{ path: instead.path, text: steps.join('\n') }];
}
