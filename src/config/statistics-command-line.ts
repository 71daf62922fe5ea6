import { Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from './quantities.ts';

/** Options of `statistics export`, as commander reads them. */
export interface ExportCommandOptions {
  readonly redact?: true;
  readonly output?: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** In milliseconds. */
  readonly statementTimeout: number;
  readonly quiet?: true;
}

/** What one query of the export may take, in milliseconds, unless somebody says otherwise. */
const usualTimeoutMs = 60_000;

/** The command `statistics export`, with its options but without what it does. */
export function exportCommand(): Command {
  return new Command('export')
    .description('write sizes and statistics of a production server to a file; it is only read from')
    .argument('<url>', 'the server: postgresql://USER:PASSWORD@HOST:PORT/DATABASE')
    .option('--redact', 'numbers only: no value of any row')
    .option('--output <file>', 'where to write (default: standard output)')
    .option('--include <pattern>', 'only tables that match, such as public.*; may be repeated', collect)
    .option('--exclude <pattern>', 'no tables that match, such as audit.log_*; may be repeated', collect)
    .addOption(
      new Option('--statement-timeout <duration>', 'what one query may take')
        .argParser(toDuration)
        .default(usualTimeoutMs, '60s'),
    )
    .option('--quiet', 'show no progress');
}

function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}

function toDuration(value: string): number {
  const duration = parseDuration(value);
  if (duration !== null && duration > 0) return duration;
  throw new InvalidArgumentError('Expected a duration, such as 60s, 500ms or 2m.');
}
