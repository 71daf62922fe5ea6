import { basename, dirname, join } from 'node:path/posix';
import type { Layout, ReadMigrations, SourceFile, VersionRemark } from '../../model/change.ts';
import type { Draft, Migration, Wrapping } from '../../model/migration.ts';
import { blankQuoted } from '../../sql/blank.ts';
import { eachAlone, sqlOf } from './conventions/drafts.ts';
import { fillPlaceholders, type Placeholder, type Placeholders } from './conventions/placeholders.ts';
import { compareText } from './conventions/versions.ts';
import { type Changeset, changesetsOf } from './liquibase-changesets.ts';
import { hasMark, type Tool } from './tool.ts';

const formatted = /^\s*--\s*liquibase\s+formatted\s+sql/i;

/**
 * Liquibase, formatted SQL: a file holds several changesets, each of which is a transaction of its own (Liquibase
 * documentation, "SQL Changelog Example"). `runInTransaction:false` sends each statement alone, or the whole as
 * one query where `splitStatements:false` keeps it in one piece.
 */
export const liquibase: Tool = {
  name: 'liquibase',
  folders: ['src/main/resources/db/changelog', 'db/changelog', 'changelog', 'liquibase', 'migrations'],
  async configuration(project) {
    const found = await project.firstOf(['liquibase.properties']);
    if (found === null) return null;
    const changelog = /^\s*(?:liquibase\.command\.)?changelog-?file\s*[:=]\s*(\S+)/im.exec(found.text)?.[1];
    const parameters = [...found.text.matchAll(/^\s*parameter\.([^:=\s]+)\s*[:=]\s*(.*?)\s*$/gm)];
    return {
      file: found.file,
      folders: changelog === undefined ? [] : [dirname(join(changelog))],
      placeholders: new Map(parameters.map(([, name = '', value = '']) => [name, value])),
    };
  },
  recognises: (sample) => (hasMark(sample, formatted) ? 'marks' : null),
  layout: (placeholders) => ({
    name: 'liquibase',
    // A changeset that has not run yet runs, wherever it stands.
    isOrderedByVersion: false,
    bookkeeping,
    isMigration: (path) => path.endsWith('.sql') || isChangelog(path),
    order: (files) => order(files, placeholders),
    write,
  }),
};

const bookkeeping: Layout['bookkeeping'] = [
  {
    name: 'databasechangelog',
    ddl: `CREATE TABLE databasechangelog (
  id varchar(255) NOT NULL,
  author varchar(255) NOT NULL,
  filename varchar(255) NOT NULL,
  dateexecuted timestamp NOT NULL,
  orderexecuted integer NOT NULL,
  exectype varchar(10) NOT NULL,
  md5sum varchar(35),
  description varchar(255),
  comments varchar(255),
  tag varchar(255),
  liquibase varchar(20),
  contexts varchar(255),
  labels varchar(255),
  deployment_id varchar(10)
)`,
  },
  {
    name: 'databasechangeloglock',
    ddl: `CREATE TABLE databasechangeloglock (
  id integer PRIMARY KEY,
  locked boolean NOT NULL,
  lockgranted timestamp,
  lockedby varchar(255)
)`,
  },
];

function isChangelog(path: string): boolean {
  return /(?:changelog|master|root)[^/]*\.(?:xml|ya?ml|json)$/i.test(path);
}

function order(files: readonly SourceFile[], placeholders: Placeholders): ReadMigrations {
  const changelogs = files.filter(({ path }) => isChangelog(path));
  const scripts = files.filter(({ path }) => path.endsWith('.sql'));
  const readable = scripts.filter(({ text }) => formatted.test(text));
  const ordered = inChangelogOrder(readable, changelogs);
  const migrations = fillPlaceholders(ordered, findPlaceholders, placeholders).flatMap(migrationsOf);
  const others = scripts.filter((file) => !readable.includes(file));
  const inCode = changelogs.filter(({ text }) => /changeset/i.test(text));
  return {
    migrations,
    remarks: [
      ...others.map(({ path }): VersionRemark => ({ kind: 'unversioned', path })),
      ...inCode.map(({ path }): VersionRemark => ({ kind: 'in code', path })),
    ],
  };
}

/** Files in the order in which a changelog includes them; the rest, as `includeAll` takes them, by their names. */
function inChangelogOrder(
  files: readonly SourceFile[],
  changelogs: readonly SourceFile[],
): readonly SourceFile[] {
  const included = changelogs
    .flatMap(({ text }) => text.match(/[^\s"'<>]+\.sql/g) ?? [])
    .map((path) => basename(path));
  const places = new Map(
    files.map(({ path }) => {
      const at = included.indexOf(basename(path));
      return [path, at === -1 ? included.length : at];
    }),
  );
  const place = ({ path }: SourceFile) => places.get(path) ?? 0;
  return files.toSorted((a, b) => place(a) - place(b) || compareText(a.path, b.path));
}

/** `--property name:schema value:app` gives a placeholder its value within the file. */
function propertiesOf(text: string): Placeholders {
  const properties = text.matchAll(/^--\s*property\s+name:(\S+)\s+value:("[^"\n]*"|\S+)/gim);
  return new Map([...properties].map(([, name = '', value = '']) => [name, value.replaceAll('"', '')]));
}

/** What is in quotes stays as it is where it has no value: Liquibase leaves unknown ones, and PostgreSQL takes them. */
function findPlaceholders(text: string): readonly Placeholder[] {
  const code = blankQuoted(text);
  const properties = propertiesOf(text);
  return [...text.matchAll(/\$\{([\w.-]+)\}/g)].map(({ 0: spelled, 1: name = '', index }) => {
    const otherwise = properties.get(name) ?? (code.charAt(index) === '$' ? undefined : spelled);
    const place = { name, from: index, to: index + spelled.length };
    return otherwise === undefined ? place : { ...place, otherwise };
  });
}

function migrationsOf({ path, text }: SourceFile): readonly Migration[] {
  return changesetsOf(text)
    .filter(runsOnPostgres)
    .map((changeset): Migration => {
      const { author, id, attributes } = changeset;
      const wrapping = wrappingOf(changeset);
      const runsAgain = isTrue(attributes, 'runonchange') || isTrue(attributes, 'runalways');
      return {
        path,
        text: changeset.text,
        wrapping,
        version: `${author}:${id}`,
        kind: runsAgain ? 'repeatable' : 'versioned',
        down: changeset.rollback === null ? null : { path, text: changeset.rollback, wrapping },
      };
    });
}

type Attributes = Changeset['attributes'];

function isTrue(attributes: Attributes, name: string): boolean {
  return attributes.get(name)?.toLowerCase() === 'true';
}

function runsOnPostgres({ attributes }: Changeset): boolean {
  const systems = (attributes.get('dbms') ?? 'all').split(',').map((each) => each.trim().toLowerCase());
  if (isTrue(attributes, 'ignore') || systems.includes('!postgresql')) return false;
  return systems.some((each) => each === 'postgresql' || each === 'all' || each.startsWith('!'));
}

function wrappingOf({ attributes }: Changeset): Wrapping {
  if (attributes.get('runintransaction')?.toLowerCase() !== 'false') return 'transaction';
  return attributes.get('splitstatements')?.toLowerCase() === 'false' ? 'one query' : 'statements';
}

/** One file, which takes the place of the changeset right behind the file that has it. */
function write(drafts: readonly Draft[], instead: Migration): readonly SourceFile[] {
  const [first] = drafts;
  if (first === undefined) return [];
  const changesets = eachAlone(drafts).map(({ transaction, statements }, index) => {
    const attributes = [
      ...(transaction === 'none' ? ['runInTransaction:false'] : []),
      // Liquibase would split a body at its semicolons.
      ...(statements.some((statement) => statement.includes(';')) ? ['splitStatements:false'] : []),
    ];
    return `--changeset ${[`${instead.version}-${index + 1}`, ...attributes].join(' ')}\n${sqlOf(statements)}`;
  });
  const stem = basename(instead.path).replace(/\.sql$/, '');
  return [
    {
      path: join(dirname(instead.path), `${stem}_${first.title}.sql`),
      text: `--liquibase formatted sql\n\n${changesets.join('\n')}`,
    },
  ];
}
