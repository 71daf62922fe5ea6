import { compareRuns, normalized, type RunOrder, readStickyMark, type StickyMark } from './markers.ts';

/** A comment of the conversation of a pull request. */
export interface IssueComment {
  readonly id: number;
  /** Login; null where the account is gone. */
  readonly author: string | null;
  readonly body: string;
}

/** The comment as it should be. */
export interface WantedComment {
  /** Markdown that ends in the mark. */
  readonly body: string;
  readonly mark: StickyMark;
  /** Whether it is worth a comment where there is none yet. */
  readonly mayCreate: boolean;
}

export type StickyWrite =
  | { readonly kind: 'create'; readonly body: string }
  | { readonly kind: 'update'; readonly id: number; readonly body: string }
  | { readonly kind: 'delete'; readonly id: number };

export type StickyPlan =
  | { readonly kind: 'write'; readonly writes: readonly StickyWrite[] }
  /** A later run has commented already; what it says holds. */
  | { readonly kind: 'outdated'; readonly by: RunOrder };

/**
 * What has to be written so that one comment of ours is left, and says what it should. Ours is what has our mark
 * and was written by us: anybody can copy a mark, and a token that may write could edit anybody's comment.
 *
 * @param own login of the account that the token acts for
 */
export function planSticky(
  existing: readonly IssueComment[],
  own: string,
  wanted: WantedComment,
): StickyPlan {
  const ours = existing
    .flatMap(({ id, author, body }) => {
      const mark = author === own ? readStickyMark(body) : null;
      return mark === null || mark.key !== wanted.mark.key ? [] : [{ id, body, mark }];
    })
    .toSorted((a, b) => a.id - b.id);
  const newest = ours
    .map(({ mark }) => mark.run)
    .toSorted(compareRuns)
    .at(-1);
  if (newest !== undefined && compareRuns(newest, wanted.mark.run) > 0)
    return { kind: 'outdated', by: newest };

  const body = normalized(wanted.body);
  const [oldest, ...others] = ours;
  if (oldest === undefined)
    return { kind: 'write', writes: wanted.mayCreate ? [{ kind: 'create', body }] : [] };
  const isUpToDate =
    oldest.mark.headSha === wanted.mark.headSha && aboveMark(oldest.body) === aboveMark(body);
  return {
    kind: 'write',
    writes: [
      ...(isUpToDate ? [] : [{ kind: 'update', id: oldest.id, body } as const]),
      ...others.map(({ id }) => ({ kind: 'delete', id }) as const),
    ],
  };
}

/** What readers see: a second run for the same commit differs in nothing but its number. */
function aboveMark(body: string): string {
  return normalized(body).split('\n').slice(0, -1).join('\n').trimEnd();
}
