/** One run of a workflow: its number counts up, a re-run of it keeps the number and counts attempts. */
export interface RunOrder {
  readonly number: number;
  readonly attempt: number;
}

/** What a comment that is kept up to date says of itself to later runs. */
export interface StickyMark {
  /** Tells apart the comments of jobs that review different databases of one repository. */
  readonly key: string;
  readonly run: RunOrder;
  readonly headSha: string;
}

/** What a review comment says of itself to later runs. */
export interface CommentMark {
  readonly key: string;
  readonly fingerprint: string;
}

/** Text of the hidden remark that ends a sticky comment. */
export function stickyMark({ key, run, headSha }: StickyMark): string {
  return `pg-guardrails:sticky v1 key=${key} run=${run.number}.${run.attempt} head=${headSha}`;
}

/** Text of the hidden remark that ends a review comment. */
export function commentMark({ key, fingerprint }: CommentMark): string {
  return `pg-guardrails:insight v1 key=${key} fingerprint=${fingerprint}`;
}

export function readStickyMark(body: string): StickyMark | null {
  const match = /^pg-guardrails:sticky v1 key=(\S+) run=(\d+)\.(\d+) head=(\S+)$/.exec(lastRemark(body));
  if (match === null) return null;
  const [, key = '', number, attempt, headSha = ''] = match;
  return { key, run: { number: Number(number), attempt: Number(attempt) }, headSha };
}

export function readCommentMark(body: string): CommentMark | null {
  const match = /^pg-guardrails:insight v1 key=(\S+) fingerprint=(\S+)$/.exec(lastRemark(body));
  if (match === null) return null;
  const [, key = '', fingerprint = ''] = match;
  return { key, fingerprint };
}

/** Only the last line counts: everything above it may quote what somebody else wrote. */
function lastRemark(body: string): string {
  const last = normalized(body).split('\n').at(-1) ?? '';
  return /^<!-- (.*) -->$/.exec(last)?.[1] ?? '';
}

/**
 * A body as it is sent and as it compares: editors on the web change line ends, GitHub may trim, and half a
 * character, left over from cutting a text, is not valid JSON to everybody.
 */
export function normalized(body: string): string {
  return body.replaceAll(/\r\n?/g, '\n').trim().toWellFormed();
}

/** Negative where the first run came before the second. */
export function compareRuns(a: RunOrder, b: RunOrder): number {
  return a.number - b.number || a.attempt - b.attempt;
}
