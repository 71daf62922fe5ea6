import type { ChangedLines } from '../model/change.ts';
import { anchorOf } from './diff.ts';
import { normalized, readCommentMark } from './markers.ts';

/** A comment on lines of a file at head, as it should be. */
export interface InlineComment {
  /** From the top of the repository. */
  readonly path: string;
  readonly line: number;
  readonly endLine: number;
  /** Markdown that ends in the mark. */
  readonly body: string;
  readonly fingerprint: string;
}

/** A review comment as it is. */
export interface ReviewComment {
  readonly id: number;
  /** Login; null where the account is gone. */
  readonly author: string | null;
  readonly body: string;
  /** The comment that this one answers. */
  readonly inReplyTo: number | null;
}

/**
 * A comment as `POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews` takes it. The start is only there for
 * more than one line.
 */
export type NewReviewComment = {
  readonly path: string;
  readonly body: string;
  readonly line: number;
  readonly side: 'RIGHT';
} & ({ readonly start_line?: never } | { readonly start_line: number; readonly start_side: 'RIGHT' });

export interface ReviewPlan {
  /** Posted together, as one review, so that readers are notified once. */
  readonly create: readonly NewReviewComment[];
  readonly update: readonly { readonly id: number; readonly body: string }[];
  readonly remove: readonly number[];
  /** How many are left to the sticky comment: the diff does not show their lines, or there are too many. */
  readonly leftOut: number;
}

export interface ReviewSituation {
  readonly existing: readonly ReviewComment[];
  /** Login of the account that the token acts for. */
  readonly own: string;
  /** Tells apart the comments of jobs that review different databases of one repository. */
  readonly key: string;
  /** Worst first. */
  readonly wanted: readonly InlineComment[];
  /** Lines that comments can stand on. */
  readonly lines: ChangedLines;
  /** Body of a comment that is no longer true, but was answered. */
  readonly withdrawn: (fingerprint: string) => string;
}

/** More would bury the people's own comments; the sticky comment has them all. */
export const mostComments = 25;

/**
 * What has to be written so that our review comments say what they should. A comment of ours is known by its
 * mark and its author, and again by the fingerprint in the mark. Several statements may have one fingerprint, as
 * several comments may; these are paired in order.
 */
export function planReview({ existing, own, key, wanted, lines, withdrawn }: ReviewSituation): ReviewPlan {
  const answered = new Set(existing.map(({ inReplyTo }) => inReplyTo));
  const ours = existing
    .flatMap(({ id, author, body }) => {
      const mark = author === own ? readCommentMark(body) : null;
      return mark === null || mark.key !== key ? [] : [{ id, body, fingerprint: mark.fingerprint }];
    })
    .toSorted((a, b) => a.id - b.id);
  const candidates = wanted.map((comment) => ({ ...comment, placed: place(comment, lines) }));
  // One that can be placed is first to be taken for one that is there: what is there was placed once.
  const placeableFirst = candidates.toSorted((a, b) => Number(a.placed === null) - Number(b.placed === null));
  const waiting = Map.groupBy(placeableFirst, ({ fingerprint }) => fingerprint);
  const pairs = ours.map((comment) => ({ comment, now: waiting.get(comment.fingerprint)?.shift() ?? null }));

  const missing = new Set([...waiting.values()].flat());
  const placed = candidates.flatMap((each) => (missing.has(each) ? (each.placed ?? []) : []));
  const kept = pairs.filter(({ now }) => now !== null).length;
  const create = placed.slice(0, Math.max(0, mostComments - kept));
  const gone = pairs.filter(({ now }) => now === null).map(({ comment }) => comment);
  return {
    create,
    update: [
      ...pairs.flatMap(({ comment, now }) => (now === null ? [] : rewrite(comment, now.body))),
      ...gone
        .filter(({ id }) => answered.has(id))
        .flatMap((comment) => rewrite(comment, withdrawn(comment.fingerprint))),
    ],
    remove: gone.filter(({ id }) => !answered.has(id)).map(({ id }) => id),
    leftOut: missing.size - create.length,
  };
}

function rewrite(
  { id, body }: { readonly id: number; readonly body: string },
  wanted: string,
): ReviewPlan['update'] {
  return normalized(body) === normalized(wanted) ? [] : [{ id, body: normalized(wanted) }];
}

/** The comment as GitHub takes it, or null where the diff does not show its lines. */
function place(comment: InlineComment, lines: ChangedLines): NewReviewComment | null {
  const { path, line, endLine } = comment;
  const anchor = anchorOf({ from: line, to: endLine }, lines.get(path) ?? []);
  if (anchor === null) return null;
  const body = normalized(comment.body);
  const side = 'RIGHT';
  switch (anchor.kind) {
    case 'line':
      return { path, body, line: anchor.line, side };
    case 'range':
      return { path, body, line: anchor.to, side, start_line: anchor.from, start_side: side };
    default:
      return anchor satisfies never;
  }
}
