/** Where something stands in a file of the repository. Lines and columns count from 1. */
export interface Location {
  readonly file: string;
  readonly line: number | null;
}

/** One thing that keeps a review from running: what is wrong, where, and what to do about it. */
export interface Problem {
  readonly message: string;
  readonly location: Location | null;
  readonly hint: string | null;
}

export function problem(
  message: string,
  hint: string | null = null,
  location: Location | null = null,
): Problem {
  return { message, location, hint };
}

/**
 * The review cannot run. Carries every problem found, so that a person mends them in one go. The entries
 * turn it into exit status 2; nothing has been published by then.
 */
export class CannotReview extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], options?: ErrorOptions) {
    super(problems.map((each) => each.message).join('; '), options);
    this.name = 'CannotReview';
    this.problems = problems;
  }
}
