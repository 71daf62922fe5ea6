import type { ReleaseReview } from '../model/release.ts';

/** An order of release, for a heading. */
export function orderInWords(order: ReleaseReview['order']): string {
  switch (order) {
    case 'any':
      return 'any';
    case 'migration first':
      return 'the migrations first, then the code';
    case 'code first':
      return 'the code first, then the migrations';
    case 'by service':
      return 'some services before the migrations, others after them';
    case 'none':
      return 'none is safe';
    default:
      return order satisfies never;
  }
}
