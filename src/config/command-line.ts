import { Command, InvalidArgumentError, Option } from 'commander';
import { type ReportFormat, reportFormats } from '../model/report-format.ts';
import type { SandboxKind } from '../model/server.ts';
import type { FailOn, Overrides } from './config.ts';
import { usualConfig } from './file.ts';

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
  readonly base?: string;
  readonly new?: readonly string[];
  readonly workload?: readonly string[];
  readonly seed?: string;
  readonly postgres?: SandboxKind;
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
    .option('--workload <file...>', 'captured queries: .ndjson, .jsonl or .sql')
    .option('--seed <file>', 'SQL file with rows that the tables are to hold before the change')
    .addOption(
      new Option('--postgres <sandbox>', 'where the throw-away server runs (default: embedded)').choices([
        'embedded',
        'container',
      ]),
    )
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

/** What the options say of the configuration; what they leave out comes from the file. */
export function overridesOf(options: CheckOptions): Overrides {
  return {
    migrations: options.migrations ?? null,
    layout: options.layout ?? null,
    schema: options.schema ?? null,
    migrateCommand: options.migrateCommand ?? null,
    workload: options.workload ?? [],
    seed: options.seed ?? null,
    comparison:
      options.new === undefined
        ? { kind: 'git', base: options.base ?? null }
        : { kind: 'named', files: options.new },
    sandbox: options.postgres ?? null,
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
