import { z } from 'zod';
import { CannotReview, problem } from '../../model/problem.ts';
import { type ProductionStatistics, productionSchema } from '../../model/production.ts';

/** How many mistakes of a file are told; a file of another kind has thousands. */
const toldMistakes = 5;

const versioned = z.looseObject({ version: z.number() });

/** @throws CannotReview where the text is no export, or one of a newer version of pg-guardrails. */
export function readJson(path: string, text: string): ProductionStatistics {
  const json = parsed(path, text);
  const { data } = versioned.safeParse(json);
  if (data !== undefined && data.version > 1) {
    throw new CannotReview([
      problem(
        `the statistics ${path} have version ${data.version} of the format, and this pg-guardrails reads version 1`,
        'use a newer pg-guardrails, or export again with this one',
      ),
    ]);
  }
  const result = productionSchema.safeParse(json);
  if (result.success) return result.data;
  throw new CannotReview(
    result.error.issues.slice(0, toldMistakes).map((issue) =>
      problem(`${placeOf(issue.path)}${issue.message}`, 'docs/statistics.schema.json is the format', {
        file: path,
        line: null,
      }),
    ),
  );
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CannotReview(
      [
        problem(
          `the statistics ${path} are neither JSON nor the output of pg_dump --statistics-only`,
          'make them with `pg-guardrails statistics export`',
        ),
      ],
      { cause },
    );
  }
}

/** `relations[3].columns[0].type: `, as JavaScript writes it. */
function placeOf(path: readonly PropertyKey[]): string {
  const place = path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('');
  return place === '' ? '' : `${place}: `;
}
