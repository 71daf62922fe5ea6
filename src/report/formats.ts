import type { Review } from '../model/review.ts';
import { renderMarkdown } from './markdown/review.ts';

/** What a review can be written to a file as. */
export const reportFormats = ['json', 'markdown'] as const;
export type ReportFormat = (typeof reportFormats)[number];

export function renderReport(format: ReportFormat, review: Review): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(review, null, 2)}\n`;
    case 'markdown':
      return renderMarkdown(review, { permalink: () => null, closing: null });
    default:
      return format satisfies never;
  }
}
