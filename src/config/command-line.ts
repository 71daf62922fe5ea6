import { Command, InvalidArgumentError, Option } from 'commander';
import { type ReportFormat, reportFormats } from '../model/report-format.ts';
import type { FailOn, Overrides } from './config.ts';
import { noPlaceholder, unknownPlaceholder, variableName } from './environment.ts';
import { usualConfig } from './file.ts';
import { sandboxOf } from './sandbox.ts';

/** A file that the review is to be written to. */
interface ReportFile {
  readonly format: ReportFormat;
  readonly file: string;
}

/** Options of `check`, as commander reads them. */
export interface CheckOptions {
  readonly config?: string;
  readonly migrations?: string;
  readonly layout?: string;
  readonly schema?: string;
  readonly migrateCommand?: string;
  readonly captureCommand?: string;
  readonly captureBase?: true;
  readonly emptyDatabase?: true;
  readonly env: Readonly<Record<string, string>>;
  readonly base?: string;
  readonly new?: readonly string[];
  readonly workload?: readonly string[];
  readonly baseWorkload?: readonly string[];
  readonly seed?: string;
  readonly statistics?: string;
  readonly postgres?: string;
  readonly execute?: true;
  readonly postgresVersion?: number;
  readonly postgresImage?: string;
  readonly report: readonly ReportFile[];
  readonly failOn?: FailOn;
  readonly minScore?: number;
  readonly quiet?: true;
}

/** The command `check`, with its options but without what it does. */
export function checkCommand(): Command {
  return new Command('check')
    .description('run the change on a throw-away PostgreSQL, and review it')
    .option('--config <file>', `configuration (default: ${usualConfig})`)
    .option('--migrations <dir>', 'folder of the migrations (default: where their tool has them)')
    .option('--layout <name>', 'migration tool, such as goose or flyway (default: found in the repository)')
    .addOption(
      new Option('--schema <file>', 'file that holds the whole schema, instead of migrations').conflicts([
        'migrations',
        'new',
      ]),
    )
    .addOption(
      new Option(
        '--migrate-command <command>',
        'what runs the migrations, where they are not files of SQL; it finds its database in DATABASE_URL and PG*',
      ).conflicts(['migrations', 'layout', 'schema', 'new']),
    )
    .addOption(
      new Option('--base <ref>', 'what to compare with (default: the default branch)').conflicts('new'),
    )
    .option('--new <file...>', 'the migrations that the change adds; the rest of the folder is the base')
    .option(
      '--capture-command <command>',
      'what sends queries, such as a test suite: they join the workload; it finds its database in DATABASE_URL and PG*',
    )
    .option('--capture-base', 'run the capture command at the base as well, to compare what both send')
    .option(
      '--empty-database',
      'leave the database of the capture command empty: it builds its schema by itself',
    )
    .addOption(environmentOption())
    .option(
      '--workload <file...>',
      'captured queries, in any format of docs/workload.md: FILE, SERVICE=FILE or FORMAT:FILE',
    )
    .option('--base-workload <file...>', 'queries captured at the base, to compare with')
    .option('--seed <file>', 'SQL file with rows that the tables are to hold before the change')
    .option(
      '--statistics <file>',
      "production's statistics, as `pg-guardrails statistics export` writes them",
    )
    .option(
      '--postgres <sandbox>',
      'where the databases of the review are: embedded, container, or the URL of a server (default: embedded)',
    )
    .option('--execute', 'run captured queries, reading only, on the database that the URL names')
    .option('--postgres-version <major>', 'major version of the server (default: 18)', toNumber(14, 18))
    .option('--postgres-image <image>', 'image of the container (default: postgres:VERSION)')
    .option(
      '--report <format=file>',
      `write the review to a file as ${reportFormats.join(' or ')}; may be repeated`,
      toReport,
      [],
    )
    .addOption(
      new Option(
        '--fail-on <severity>',
        'introduced insights as severe fail the check (default: high)',
      ).choices(['critical', 'high', 'medium', 'low', 'never']),
    )
    .option('--min-score <number>', 'a lower score fails the check', toNumber(0, 100))
    .option('--quiet', 'show no progress');
}

/** Options of `capture`, as commander reads them. */
export interface CaptureOptions
  extends Pick<
    CheckOptions,
    | 'config'
    | 'migrations'
    | 'layout'
    | 'schema'
    | 'migrateCommand'
    | 'env'
    | 'emptyDatabase'
    | 'postgres'
    | 'postgresVersion'
    | 'postgresImage'
    | 'quiet'
  > {
  readonly output: string;
}

/** The command `capture`, with its options but without what it does. */
export function captureCommand(): Command {
  return new Command('capture')
    .description(
      'run a program, such as a test suite, against a throw-away PostgreSQL and write down what it sends',
    )
    .argument('<program...>', 'what to run, after --; it finds its database in DATABASE_URL and PG*')
    .option('--output <file>', 'workload file to write', 'workload.ndjson')
    .option('--empty-database', 'leave the database empty: the program builds its schema by itself')
    .addOption(environmentOption())
    .option('--config <file>', `configuration (default: ${usualConfig})`)
    .option('--migrations <dir>', 'folder of the migrations (default: where their tool has them)')
    .option('--layout <name>', 'migration tool, such as goose or flyway (default: found in the repository)')
    .addOption(
      new Option('--postgres <sandbox>', 'where the throw-away server runs (default: embedded)').choices([
        'embedded',
        'container',
      ]),
    )
    .option('--postgres-version <major>', 'major version of the server (default: 18)', toNumber(14, 18))
    .option('--postgres-image <image>', 'image of the container (default: postgres:VERSION)')
    .option('--quiet', 'show no progress')
    .passThroughOptions();
}

/** Names the database in whatever variables a program looks for it. */
function environmentOption(): Option {
  return new Option(
    '--env <name=template>',
    'a further variable for commands, such as DB_HOST={host}; {port}, {user}, {password}, {database} and {url} are known, too; may be repeated',
  )
    .argParser(toVariable)
    .default({}, 'none');
}

function toVariable(
  value: string,
  earlier: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const separator = value.indexOf('=');
  const name = value.slice(0, Math.max(0, separator));
  if (!variableName.test(name))
    throw new InvalidArgumentError('Expected NAME=TEMPLATE, such as DB_HOST={host}.');
  const template = value.slice(separator + 1);
  const unknown = unknownPlaceholder(template);
  if (unknown !== null) throw new InvalidArgumentError(`It ${noPlaceholder(unknown)}.`);
  return { ...earlier, [name]: template };
}

/** What the options say of the configuration; what they leave out comes from the file. */
export function overridesOf(options: CheckOptions): Overrides {
  return {
    migrations: options.migrations ?? null,
    layout: options.layout ?? null,
    schema: options.schema ?? null,
    migrateCommand: options.migrateCommand ?? null,
    captureCommand: options.captureCommand ?? null,
    emptyDatabase: options.emptyDatabase === true,
    captureBase: options.captureBase === true,
    environment: options.env,
    workload: options.workload ?? [],
    baseWorkload: options.baseWorkload ?? [],
    seed: options.seed ?? null,
    statistics: options.statistics ?? null,
    comparison:
      options.new === undefined
        ? { kind: 'git', base: options.base ?? null }
        : { kind: 'named', files: options.new },
    ...sandboxOf(options.postgres ?? null),
    execute: options.execute === true,
    postgresVersion: options.postgresVersion ?? null,
    image: options.postgresImage ?? null,
    failOn: options.failOn ?? null,
    minScore: options.minScore ?? null,
  };
}

function toReport(value: string, earlier: readonly ReportFile[]): readonly ReportFile[] {
  const separator = value.indexOf('=');
  const format = reportFormats.find((each) => each === value.slice(0, Math.max(0, separator)));
  const file = value.slice(separator + 1);
  if (format === undefined || file === '') {
    throw new InvalidArgumentError(`Expected FORMAT=FILE, with a format of ${reportFormats.join(', ')}.`);
  }
  return [...earlier, { format, file }];
}

function toNumber(from: number, to: number) {
  return (value: string): number => {
    const number = Number(value);
    if (value.trim() !== '' && number >= from && number <= to) return number;
    throw new InvalidArgumentError(`Expected a number from ${from} to ${to}.`);
  };
}
