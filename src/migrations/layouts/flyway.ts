import { basename, dirname, join } from 'node:path/posix';
import type { Layout, ReadMigrations, SourceFile, VersionRemark } from '../../model/change.ts';
import type { Draft, Migration, Script } from '../../model/migration.ts';
import { sqlOf } from './conventions/drafts.ts';
import {
  type FindPlaceholders,
  fillPlaceholders,
  matching,
  type Placeholders,
} from './conventions/placeholders.ts';
import { compareNumbers, inVersionOrder } from './conventions/versions.ts';
import { flywayConfiguration } from './flyway-configuration.ts';
import type { Tool } from './tool.ts';

const versioned = /^V(\d+(?:[._]\d+)*)__.*\.sql$/;
const undo = /^U(\d+(?:[._]\d+)*)__.*\.sql$/;
const baseline = /^B(\d+(?:[._]\d+)*)__.*\.sql$/;
const repeatable = /^R__(.*)\.sql$/;
const scriptConfig = /\.sql\.conf$/;
const code = /^[VRUB](?:\d+(?:[._]\d+)*)?__.*\.(?:java|kt|py|ps1|sh|bat|cmd)$/;

/**
 * Flyway: `V1__name.sql`, `U1__` to undo it, `R__name.sql` whenever its text changes, `B1__` in place of all up to
 * it (Flyway documentation, "Migrations", "Script Config Files", "Placeholders"). A file is one transaction, or
 * none where Flyway knows one of its statements to refuse it; `executeInTransaction=false` in `FILE.conf` makes
 * each statement commit alone.
 */
export const flyway: Tool = {
  name: 'flyway',
  folders: ['src/main/resources/db/migration', 'db/migration', 'sql', 'migrations', 'flyway/sql'],
  configuration: flywayConfiguration,
  recognises: ({ files }) =>
    files.some((file) => /^V[\d._]+__.*\.sql$/.test(basename(file))) ? 'names' : null,
  layout: (placeholders) => ({
    name: 'flyway',
    isOrderedByVersion: true,
    bookkeeping,
    isMigration: (path) => /\.sql(?:\.conf)?$/.test(path) || code.test(basename(path)),
    order: (files) => order(files, placeholders),
    write,
  }),
};

/** As in flyway/flyway, `PostgreSQLDatabase.java`. */
const bookkeeping: Layout['bookkeeping'] = [
  {
    name: 'flyway_schema_history',
    ddl: `CREATE TABLE flyway_schema_history (
  installed_rank int NOT NULL CONSTRAINT flyway_schema_history_pk PRIMARY KEY,
  version varchar(50),
  description varchar(200) NOT NULL,
  type varchar(20) NOT NULL,
  script varchar(1000) NOT NULL,
  checksum integer,
  installed_by varchar(100) NOT NULL,
  installed_on timestamp NOT NULL DEFAULT now(),
  execution_time integer NOT NULL,
  success boolean NOT NULL
);
CREATE INDEX flyway_schema_history_s_idx ON flyway_schema_history (success)`,
  },
];

function order(files: readonly SourceFile[], placeholders: Placeholders): ReadMigrations {
  const configs = new Map(
    files.filter(({ path }) => scriptConfig.test(path)).map(({ path, text }) => [path.slice(0, -5), text]),
  );
  const scripts = files.filter(({ path }) => path.endsWith('.sql'));
  const isKnown = ({ path }: SourceFile) =>
    [versioned, undo, baseline, repeatable].some((pattern) => pattern.test(basename(path)));
  const filled = fillPlaceholders(
    scripts.filter(isKnown),
    placeholdersIn(configs),
    withBuiltIn(placeholders),
  );
  const undos = new Map(
    filled.flatMap((file) => {
      const version = undo.exec(basename(file.path))?.[1];
      return version === undefined ? [] : [[version, toScript(file, configs)] as const];
    }),
  );
  const migrations = filled.flatMap((file) => toMigration(file, configs, undos));
  const { migrations: ordered, remarks } = inVersionOrder(migrations, compareNumbers);
  return {
    migrations: ordered,
    remarks: [
      ...scripts
        .filter((file) => !isKnown(file))
        .map(({ path }): VersionRemark => ({ kind: 'unversioned', path })),
      ...files
        .filter(({ path }) => code.test(basename(path)))
        .map(({ path }): VersionRemark => ({ kind: 'in code', path })),
      ...remarks,
    ],
  };
}

type Configs = ReadonlyMap<string, string>;

function toMigration(
  file: SourceFile,
  configs: Configs,
  undos: ReadonlyMap<string, Script>,
): readonly Migration[] {
  const name = basename(file.path);
  const script = toScript(file, configs);
  const version = versioned.exec(name)?.[1];
  if (version !== undefined) {
    return [{ ...script, version, kind: 'versioned', down: undos.get(version) ?? null }];
  }
  const upTo = baseline.exec(name)?.[1];
  if (upTo !== undefined) return [{ ...script, version: upTo, kind: 'baseline', down: null }];
  const description = repeatable.exec(name)?.[1];
  return description === undefined
    ? []
    : [{ ...script, version: description, kind: 'repeatable', down: null }];
}

/** What Flyway detects by itself is what PostgreSQL refuses in a transaction, so it is left to be found out. */
function toScript(file: SourceFile, configs: Configs): Script {
  const alone = /^\s*executeInTransaction\s*=\s*false\b/m.test(configs.get(file.path) ?? '');
  return { ...file, wrapping: alone ? 'statements' : 'unknown' };
}

const anywhere = matching(/\$\{([^}\n]+)\}/g);

/** Placeholders are filled in wherever they stand, unless the script's configuration says otherwise. */
function placeholdersIn(configs: Configs): FindPlaceholders {
  const off = /^\s*placeholderReplacement\s*=\s*false\b/m;
  return (text, path) => (off.test(configs.get(path) ?? '') ? [] : anywhere(text, path));
}

/** Those of Flyway's own that are the same in every environment. */
function withBuiltIn(placeholders: Placeholders): Placeholders {
  return new Map([
    ['flyway:defaultSchema', 'public'],
    ['flyway:table', 'flyway_schema_history'],
    ...placeholders,
  ]);
}

/** `V5`, `V5.1` and `V5.2` come before V6. Repeatable and baseline files have no place for a second one. */
function write(drafts: readonly Draft[], instead: Migration): readonly SourceFile[] {
  if (instead.kind !== 'versioned') return [];
  return drafts.flatMap(({ title, transaction, statements }, index): readonly SourceFile[] => {
    const version = index === 0 ? instead.version : `${instead.version}.${index}`;
    const path = join(dirname(instead.path), `V${version}__${title}.sql`);
    const script = { path, text: sqlOf(statements) };
    if (transaction === 'one') return [script];
    return [script, { path: `${path}.conf`, text: 'executeInTransaction=false\n' }];
  });
}
