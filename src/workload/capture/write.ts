import { open, rename, rm } from 'node:fs/promises';
import { z } from 'zod';
import type { CapturedQuery } from '../../model/query.ts';
import { type Recognised, recognise } from '../recognise.ts';
import { type CallPlaces, LoggedTexts, type Sender } from './call-sites.ts';
import { RequestLines } from './request-lines.ts';
import { MigrationStretches, type Place } from './stretches.ts';
import { type InTest, TestTransactions } from './test-transactions.ts';

/** A captured execution, and where it ran. */
export interface Placed {
  readonly statement: CapturedQuery;
  /** The text as it was logged, which its program knows it by. */
  readonly logged: string;
  readonly place: Place;
}

/** Finds where the statements of a capture were sent from, when all were logged; null where nothing is known of it. */
export type FindPlaces = (logged: LoggedTexts) => Promise<CallPlaces | null>;

/** Texts whose recognition is remembered; a capture repeats few texts often. */
const rememberedTexts = 20_000;

/** Lines that are marked at a time. */
const linesAtOnce = 1_000;

/** What a line of a workload file holds of a captured execution. What is not known is left out. */
function entriesOf({ sql, params, origin, trace, startedAt, durationMs, rows }: CapturedQuery) {
  const { service, route, file, line, test } = origin;
  const entries = Object.entries({
    sql,
    params,
    service,
    route,
    file,
    line,
    test,
    trace,
    startedAt,
    durationMs,
    rows,
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

/** A line on its way, of which the second pass decides. */
const unfinishedLine = z.looseObject({
  logged: z.string(),
  trace: z.string().optional(),
  file: z.string().optional(),
  route: z.string().optional(),
});

/** What the end of something tells of it. */
interface Marks {
  readonly migrations: MigrationStretches;
  readonly tests: TestTransactions;
  readonly logged: LoggedTexts;
}

/**
 * Writes a workload file, as a whole or not at all. What a migration is, what a test that is rolled back, and where a
 * statement was sent from, their ends tell; so lines are finished in a second pass. Returns how many executions it holds.
 */
export async function writeWorkload(
  path: string,
  statements: AsyncIterable<readonly Placed[]>,
  findPlaces: FindPlaces,
): Promise<number> {
  const [unfinished, finished] = [`${path}.unfinished.part`, `${path}.part`];
  try {
    const { count, marks } = await writeLines(unfinished, statements);
    await finishLines(unfinished, finished, marks, await findPlaces(marks.logged));
    await rename(finished, path);
    return count;
  } finally {
    await rm(unfinished, { force: true });
    await rm(finished, { force: true });
  }
}

async function writeLines(
  path: string,
  statements: AsyncIterable<readonly Placed[]>,
): Promise<{ readonly count: number; readonly marks: Marks }> {
  const marks = {
    migrations: new MigrationStretches(),
    tests: new TestTransactions(),
    logged: new LoggedTexts(),
  };
  const known = new Map<string, Recognised>();
  let count = 0;
  await using file = await open(path, 'w');
  for await (const part of statements) {
    count += part.length;
    const lines = part.map(({ statement, logged, place }) => {
      const recognised = known.get(statement.sql) ?? recognise(statement.sql);
      if (known.size >= rememberedTexts) known.clear();
      known.set(statement.sql, recognised);
      marks.migrations.add(statement, recognised, place);
      marks.tests.add(statement, recognised);
      marks.logged.add({ trace: statement.trace, sql: logged });
      return `${JSON.stringify({ ...entriesOf(statement), logged })}\n`;
    });
    await file.write(lines.join(''));
  }
  return { count, marks };
}

async function finishLines(from: string, to: string, marks: Marks, places: CallPlaces | null): Promise<void> {
  const migrations = marks.migrations.replay();
  const tests = marks.tests.replay();
  await using source = await open(from);
  await using target = await open(to, 'w');
  const requests = new RequestLines();
  let lines: string[] = [];
  const add = (all: readonly object[]) => {
    for (const line of all) lines.push(`${JSON.stringify(line)}\n`);
  };
  for await (const text of source.readLines()) {
    const { logged, ...read } = unfinishedLine.parse(JSON.parse(text));
    const { trace = '' } = read;
    const { place, sentFor } = places?.senderOf(trace, logged) ?? nobody;
    const isMigration = migrations.isMigration(trace);
    const inTest = tests.of(trace);
    // What tells its place itself knows it better than the stack does.
    const placed = read.file === undefined ? { ...read, ...place } : read;
    // A request is a trace, whichever sessions it used, and in whatever transaction of a test.
    if (!isMigration && sentFor !== null) add(requests.add(sentFor, placed, text.length));
    else add([marked(placed, isMigration, inTest)]);
    if (lines.length < linesAtOnce) continue;
    await target.write(lines.join(''));
    lines = [];
  }
  add(requests.rest());
  await target.write(lines.join(''));
}

const nobody: Sender = { place: null, sentFor: null };

/** Each test is a trace of its own, to which the transaction around it does not belong. */
function marked(
  line: { readonly trace?: string | undefined },
  isMigration: boolean,
  inTest: InTest,
): Readonly<Record<string, unknown>> {
  if (isMigration) return { ...line, of: 'migration' };
  switch (inTest?.kind) {
    case undefined:
      return line;
    case 'around':
      return { ...line, trace: undefined };
    case 'within':
      return { ...line, trace: `${line.trace} test ${inTest.test}` };
    default:
      return inTest satisfies never;
  }
}
