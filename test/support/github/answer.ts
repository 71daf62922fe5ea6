/** What the fake says to a request. */
export interface Answer {
  readonly status: number;
  /** What the answer holds; a list is given in pages. */
  readonly body?: unknown;
}

/** An error as GitHub words it. */
export function refusal(status: number, message: string, errors: readonly unknown[] = []): Answer {
  const list = errors.length === 0 ? {} : { errors };
  return {
    status,
    body: { message, ...list, documentation_url: 'https://docs.github.com/rest', status: String(status) },
  };
}
