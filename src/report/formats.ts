import type { ReportFormat } from '../model/report-format.ts';
import type { Review } from '../model/review.ts';
import { renderMarkdown } from './markdown/review.ts';

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
