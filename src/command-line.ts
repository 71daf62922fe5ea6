import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import ora from 'ora';
import {
  type CaptureOptions,
  type CheckOptions,
  captureCommand,
  checkCommand,
  overridesOf,
} from './config/command-line.ts';
import { loadConfigFile } from './config/file.ts';
import { resolveConfig } from './config/read.ts';
import { type ExportCommandOptions, exportCommand } from './config/statistics-command-line.ts';
import { listenForInterruption } from './interruption.ts';
import { CannotReview } from './model/problem.ts';
import { capture } from './pipeline/capture.ts';
import { renderReport } from './report/formats.ts';
import { nothingToReview } from './report/markdown/comment.ts';
import { renderProblems } from './report/problems.ts';
import { explainRule, listRules } from './report/rules.ts';
import { renderTerminal } from './report/terminal/review.ts';
import { review } from './review.ts';
import { knownNames } from './rules/known.ts';
import { startSandbox } from './sandbox/start.ts';
import { exportToFile, exportToStream } from './statistics/export/write.ts';

/** Exit status: the verdict, or that there is none. */
const exitStatus = { pass: 0, fail: 1, cannotRun: 2 } as const;

async function check(options: CheckOptions): Promise<number> {
  const root = process.cwd();
  const file = await loadConfigFile(root, options.config ?? null, knownNames);
  const config = resolveConfig(file, overridesOf(options), 'embedded', process.env);
  const interruption = listenForInterruption();
  const progress = progressOn(process.stderr, options.quiet === true);
  try {
    const result = await review(config, {
      root,
      signal: interruption.signal,
      now: () => performance.now(),
      today: new Date().toISOString().slice(0, 10),
      progress: progress.step,
      startSandbox,
    });
    progress.end();
    if (result === null) {
      process.stdout.write(`Nothing to review. ${nothingToReview}\n`);
      return exitStatus.pass;
    }
    for (const { format, file: target } of options.report) {
      await writeFile(resolve(root, target), renderReport(format, result));
    }
    const width = process.stdout.columns ?? 100;
    process.stdout.write(renderTerminal(result, { width, color: usesColor() }));
    return result.verdict === 'pass' ? exitStatus.pass : exitStatus.fail;
  } catch (error) {
    // Whatever failed then, failed because the server was stopped.
    const status = interruption.status();
    if (status !== null) return status;
    throw error;
  } finally {
    progress.end();
  }
}

/** The status is that of the program, so that it can stand wherever the program stood. */
async function runCapture(argv: readonly string[], options: CaptureOptions): Promise<number> {
  const root = process.cwd();
  const file = await loadConfigFile(root, options.config ?? null, knownNames);
  const config = resolveConfig(file, overridesOf({ ...options, report: [] }), 'embedded', process.env);
  const interruption = listenForInterruption();
  const progress = progressOn(process.stderr, options.quiet === true);
  try {
    const output = resolve(root, options.output);
    const step = (text: string) => {
      progress.step(text);
      // The program writes to the same terminal.
      if (text.startsWith('running ')) progress.end();
    };
    const ports = { root, signal: interruption.signal, progress: step, startSandbox };
    const { status, executions } = await capture({ argv, output }, config, ports);
    if (executions === 0) {
      process.stderr.write(
        `${argv.join(' ')} sent no queries: does it find its database in DATABASE_URL or PG*? --env NAME=TEMPLATE names further variables\n`,
      );
    } else if (options.quiet !== true) {
      process.stderr.write(`${executions} executions were written to ${options.output}\n`);
    }
    return status;
  } catch (error) {
    // Whatever failed then, failed because the server was stopped.
    const status = interruption.status();
    if (status !== null) return status;
    throw error;
  } finally {
    progress.end();
  }
}

async function exportStatistics(url: string, options: ExportCommandOptions): Promise<number> {
  const interruption = listenForInterruption();
  const progress = progressOn(process.stderr, options.quiet === true);
  const wanted = {
    url,
    redact: options.redact === true,
    include: options.include ?? [],
    exclude: options.exclude ?? [],
    statementTimeoutMs: options.statementTimeout,
    signal: interruption.signal,
    progress: progress.step,
  };
  try {
    if (options.output === undefined) await exportToStream(wanted, process.stdout);
    else await exportToFile(wanted, resolve(process.cwd(), options.output));
    return exitStatus.pass;
  } catch (error) {
    // Whatever failed then, failed because the connection was ended.
    const status = interruption.status();
    if (status !== null) return status;
    throw error;
  } finally {
    progress.end();
  }
}

function usesColor(): boolean {
  return process.stdout.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
}

interface Progress {
  readonly step: (text: string) => void;
  readonly end: () => void;
}

/** A live line on a terminal, plain lines elsewhere, nothing when quiet. */
function progressOn(stream: NodeJS.WriteStream, quiet: boolean): Progress {
  if (quiet) return { step: () => {}, end: () => {} };
  // A terminal that has no width yet leaves no room for a live line.
  if (!stream.isTTY || stream.columns === 0)
    return { step: (text) => void stream.write(`${text}\n`), end: () => {} };
  const spinner = ora({ stream, discardStdin: false });
  return { step: (text) => void spinner.start(text), end: () => void spinner.stop() };
}

function commands(finish: (status: Promise<number>) => void): Command {
  const program = new Command('pg-guardrails')
    .description('Reviews what a change does to a PostgreSQL database.')
    .exitOverride()
    .enablePositionalOptions();
  program.addCommand(
    checkCommand()
      .exitOverride()
      .action((options: CheckOptions) => finish(check(options))),
  );
  program.addCommand(
    captureCommand()
      .exitOverride()
      .action((argv: readonly string[], options: CaptureOptions) => finish(runCapture(argv, options))),
  );
  program
    .command('rules')
    .argument('[id]', 'the rule to explain')
    .description('list the rules, or explain one')
    .action((id: string | undefined) => {
      process.stdout.write(id === undefined ? listRules() : explainRule(id));
      finish(Promise.resolve(exitStatus.pass));
    });
  program
    .command('statistics')
    .description('sizes and statistics of production')
    .addCommand(
      exportCommand()
        .exitOverride()
        .action((url: string, options: ExportCommandOptions) => finish(exportStatistics(url, options))),
    );
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
