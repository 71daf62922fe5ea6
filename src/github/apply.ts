import type { PullRequest } from './pull-request.ts';
import type { ReviewPlan } from './review-comments.ts';
import type { StickyWrite } from './sticky-comment.ts';

/** Carries out what was planned for the sticky comment. */
export async function applySticky(pull: PullRequest, writes: readonly StickyWrite[]): Promise<void> {
  for (const write of writes) {
    switch (write.kind) {
      case 'create':
        await pull.createComment(write.body);
        break;
      case 'update':
        await pull.updateComment(write.id, write.body);
        break;
      case 'delete':
        await pull.deleteComment(write.id);
        break;
      default:
        write satisfies never;
    }
  }
}

/**
 * Carries out what was planned for the review comments. New ones come last: if GitHub does not take one of them,
 * it takes none, and what was to be mended is mended by then.
 *
 * @param opening stands above the new comments
 */
export async function applyReview(
  pull: PullRequest,
  { create, update, remove }: ReviewPlan,
  headSha: string,
  opening: string,
): Promise<void> {
  for (const { id, body } of update) await pull.updateReviewComment(id, body);
  for (const id of remove) await pull.deleteReviewComment(id);
  if (create.length > 0) await pull.createReview(headSha, opening, create);
}
