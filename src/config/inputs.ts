import { z } from 'zod';
import { CannotReview, problem } from '../model/problem.ts';
import { isServerUrl } from '../model/server.ts';
import type { FailOn } from './config.ts';

/** What the Action is told, complete, by the inputs that action.yml describes. Null: not given. */
export interface Inputs {
  /** Folder that all paths start from, relative to the workspace. */
  readonly workingDirectory: string;
  readonly config: string | null;
  readonly migrations: string | null;
  readonly layout: string | null;
  readonly schema: string | null;
  readonly migrateCommand: string | null;
  readonly captureCommand: string | null;
  readonly workload: readonly string[];
  readonly baseWorkload: readonly string[];
  readonly seed: string | null;
  readonly statistics: string | null;
  /** Branch, tag or commit. */
  readonly base: string | null;
  /** A word, or the URL of a server. */
  readonly postgres: string | null;
  readonly execute: boolean;
  readonly postgresVersion: number | null;
  readonly postgresImage: string | null;
  readonly failOn: FailOn | null;
  readonly minScore: number | null;
  readonly comment: boolean;
  readonly reviewComments: boolean;
  /** Empty where there is none: nothing can be posted then. */
  readonly token: string;
}

const given = z.string().nullable();

/** One of a few words. */
function word<const Words extends readonly string[]>(words: Words) {
  const expected = `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
  return z.enum(words, { error: ({ input }) => `"${input}" is not ${expected}` });
}

/** Inputs are texts; a number is one of digits. */
function number(from: number, to: number, kind: 'whole' | 'any') {
  const expected = `a ${kind === 'whole' ? 'whole ' : ''}number from ${from} to ${to}`;
  return z.string().transform((text, context) => {
    const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= from && value <= to && (kind === 'any' || Number.isInteger(value))) return value;
    context.addIssue({ code: 'custom', message: `"${text}" is not ${expected}` });
    return z.NEVER;
  });
}

/** YAML's own words for it arrive in the capitals they were written in. */
const choice = z
  .string()
  .transform((text) => text.toLowerCase())
  .pipe(word(['true', 'false']))
  .transform((text) => text === 'true');

const inputsSchema = z.object({
  'working-directory': given,
  config: given,
  migrations: given,
  layout: given,
  schema: given,
  'migrate-command': given,
  'capture-command': given,
  workload: given,
  'base-workload': given,
  seed: given,
  statistics: given,
  base: given,
  postgres: z
    .string()
    .refine((text) => text === 'container' || text === 'embedded' || isServerUrl(text), {
      // What is no URL may hold a password all the same.
      error: 'expected container, embedded or the URL of a server',
    })
    .nullable(),
  execute: choice.nullable(),
  'postgres-version': number(14, 18, 'whole').nullable(),
  'postgres-image': given,
  'fail-on': word(['critical', 'high', 'medium', 'low', 'never']).nullable(),
  'min-score': number(0, 100, 'any').nullable(),
  comment: choice.nullable(),
  'review-comments': choice.nullable(),
  'github-token': given,
});

/** The inputs' names, as in action.yml. */
export const inputNames: readonly string[] = Object.keys(inputsSchema.shape);

/**
 * Reads the inputs. An empty text is how GitHub passes an input that is not given.
 *
 * @param read gives the text of an input
 * @throws CannotReview with every input that cannot be understood.
 */
export function readInputs(read: (name: string) => string): Inputs {
  const texts = inputNames.map((name) => [name, read(name).trim() || null] as const);
  const parsed = inputsSchema.safeParse(Object.fromEntries(texts));
  if (!parsed.success) {
    throw new CannotReview(
      parsed.error.issues.map(({ path, message }) => problem(`input ${path.join('.')}: ${message}`)),
    );
  }
  const inputs = parsed.data;
  return {
    workingDirectory: inputs['working-directory'] ?? '.',
    config: inputs.config,
    migrations: inputs.migrations,
    layout: inputs.layout,
    schema: inputs.schema,
    migrateCommand: inputs['migrate-command'],
    captureCommand: inputs['capture-command'],
    workload: linesOf(inputs.workload),
    baseWorkload: linesOf(inputs['base-workload']),
    seed: inputs.seed,
    statistics: inputs.statistics,
    base: inputs.base,
    postgres: inputs.postgres,
    execute: inputs.execute ?? false,
    postgresVersion: inputs['postgres-version'],
    postgresImage: inputs['postgres-image'],
    failOn: inputs['fail-on'],
    minScore: inputs['min-score'],
    comment: inputs.comment ?? true,
    reviewComments: inputs['review-comments'] ?? true,
    token: inputs['github-token'] ?? '',
  };
}

function linesOf(text: string | null): readonly string[] {
  return (text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
