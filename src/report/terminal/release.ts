import type { Review } from '../../model/review.ts';
import { orderInWords } from '../release-order.ts';
import { type Colors, paragraph } from './layout.ts';

/** In which order to release the migrations and the code; empty where any will do. */
export function releaseSection({ release }: Review, colors: Colors, width: number): string {
  if (release === null || release.order === 'any') return '';
  return [
    colors.bold(`Order of release: ${orderInWords(release.order)}`),
    ...release.steps.map((step, index) => paragraph(colors, `${index + 1}. ${step}`, width, 2)),
  ].join('\n');
}
