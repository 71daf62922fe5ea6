#!/usr/bin/env node
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import ora from 'ora';
import type { Config, FailOn, Overrides } from './config/config.ts';
import { loadConfigFile, usualConfig } from './config/file.ts';
import { resolveConfig } from './config/read.ts';
import { CannotReview } from './model/problem.ts';
import type { SandboxKind } from './model/server.ts';
import { type ReportFormat, renderReport, reportFormats } from './report/formats.ts';
import { renderProblems } from './report/problems.ts';
import { explainRule, listRules } from './report/rules.ts';
import { renderTerminal } from './report/terminal/review.ts';
import { review } from './review.ts';
import { knownNames } from './rules/known.ts';
import { startSandbox } from './sandbox/start.ts';

/** Exit status: the verdict, or that there is none. */
const exitStatus = { pass: 0, fail: 1, cannotRun: 2 } as const;

interface ReportFile {
  readonly format: ReportFormat;
  readonly file: string;
}

interface CheckOptions {
  readonly config?: string;
  readonly migrations?: string;
  readonly base?: string;
  readonly new?: readonly string[];
  readonly workload?: readonly string[];
  readonly postgres?: SandboxKind;
  readonly postgresVersion?: number;
  readonly postgresImage?: string;
  readonly report: readonly ReportFile[];
  readonly failOn?: FailOn;
  readonly minScore?: number;
  readonly quiet?: true;
}

async function check(options: CheckOptions): Promise<number> {
  const root = process.cwd();
  const file = await loadConfigFile(root, options.config ?? null, knownNames);
  const config = resolveConfig(file, overridesOf(options), 'embedded');
  const abort = new AbortController();
  let status: number | null = null;
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => {
      status = code;
      abort.abort();
    });
  }
  const progress = progressOn(process.stderr, options.quiet === true);
  try {
    const result = await review(config, {
      root,
      signal: abort.signal,
      now: () => performance.now(),
      progress: progress.step,
      startSandbox,
    });
    progress.end();
    if (result === null) {
      process.stdout.write(
        'Nothing to review: the change touches no migrations, and there is no workload.\n',
      );
      return exitStatus.pass;
    }
    for (const { format, file: target } of options.report)
      await writeFile(resolve(root, target), renderReport(format, result));
    process.stdout.write(
      renderTerminal(result, { width: process.stdout.columns ?? 100, color: usesColor() }),
    );
    return result.verdict === 'pass' ? exitStatus.pass : exitStatus.fail;
  } catch (error) {
    if (status !== null) return status;
    throw error;
  } finally {
    progress.end();
  }
}

function usesColor(): boolean {
  return process.stdout.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
}

function overridesOf(options: CheckOptions): Overrides {
  const comparison: Config['comparison'] =
    options.new === undefined
      ? { kind: 'git', base: options.base ?? null }
      : { kind: 'named', files: options.new };
  return {
    migrations: options.migrations ?? null,
    workload: options.workload ?? [],
    comparison,
    sandbox: options.postgres ?? null,
    postgresVersion: options.postgresVersion ?? null,
    image: options.postgresImage ?? null,
    failOn: options.failOn ?? null,
    minScore: options.minScore ?? null,
  };
}

/** A live line on a terminal, plain lines elsewhere, nothing when quiet. */
function progressOn(
  stream: NodeJS.WriteStream,
  quiet: boolean,
): { step: (text: string) => void; end: () => void } {
  if (quiet) return { step: () => {}, end: () => {} };
  if (!stream.isTTY) return { step: (text) => void stream.write(`${text}\n`), end: () => {} };
  const spinner = ora({ stream, discardStdin: false });
  return { step: (text) => void spinner.start(text), end: () => void spinner.stop() };
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

function commands(finish: (status: Promise<number>) => void): Command {
  const program = new Command('pg-guardrails')
    .description('Reviews what a change does to a PostgreSQL database.')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });
  program
    .command('check')
    .description('run the change on a throw-away PostgreSQL, and review it')
    .option('--config <file>', `configuration (default: ${usualConfig})`)
    .option('--migrations <dir>', 'folder of the migrations')
    .addOption(
      new Option(
        '--base <ref>',
        'branch, tag or commit to compare with (default: the default branch)',
      ).conflicts('new'),
    )
    .option('--new <file...>', 'the migrations that the change adds; the rest of the folder is the base')
    .option('--workload <file...>', 'captured queries: .ndjson, .jsonl or .sql')
    .addOption(
      new Option('--postgres <sandbox>', 'where the throw-away server runs').choices([
        'embedded',
        'container',
      ]),
    )
    .option('--postgres-version <major>', 'major version of the server, 14 to 18', toNumber(14, 18))
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
        'introduced insights of this severity or worse fail the check',
      ).choices(['critical', 'high', 'medium', 'low', 'never']),
    )
    .option('--min-score <number>', 'a lower score fails the check', toNumber(0, 100))
    .option('--quiet', 'show no progress')
    .action((options: CheckOptions) => finish(check(options)));
  program
    .command('rules')
    .argument('[id]', 'the rule to explain')
    .description('list the rules, or explain one')
    .action((id: string | undefined) => {
      process.stdout.write(id === undefined ? listRules() : explainRule(id));
      finish(Promise.resolve(exitStatus.pass));
    });
  return program;
}

/** Runs one command and returns its exit status. */
async function main(argv: readonly string[]): Promise<number> {
  try {
    let status: Promise<number> = Promise.resolve(exitStatus.pass);
    await commands((running) => {
      status = running;
    }).parseAsync([...argv]);
    return await status;
  } catch (error) {
    // Commander has said what is wrong; asking for help is not wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.pass : exitStatus.cannotRun;
    if (error instanceof CannotReview) process.stderr.write(`${renderProblems(error.problems)}\n`);
    else
      process.stderr.write(
        `This is a defect of pg-guardrails: ${error instanceof Error ? error.stack : error}\n`,
      );
    return exitStatus.cannotRun;
  }
}

process.exitCode = await main(process.argv);
