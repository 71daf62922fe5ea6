import type { Insight, InsightLocation, Severity } from '../model/insight.ts';
import type { Review } from '../model/review.ts';
import { servicesLine } from './services.ts';
import { withoutFolded } from './subjects.ts';
import { printable } from './terminal/layout.ts';

/** An insight as a remark at a line, in plain text: no Markdown, and no character that shows as something else. */
export interface InsightAnnotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
  readonly location: InsightLocation | null;
}

/** What the change introduces, worst first. */
export function annotationsOf({ insights }: Review): readonly InsightAnnotation[] {
  return withoutFolded(insights.filter(({ origin }) => origin === 'introduced')).flatMap(toAnnotation);
}

function toAnnotation({
  severity,
  title,
  summary,
  impact,
  location,
  services,
}: Insight): readonly InsightAnnotation[] {
  const level = levelOf(severity);
  if (level === null) return [];
  const from = services.length === 0 ? '' : `\n${servicesLine(services)}.`;
  return [{ level, title, message: printable(`${summary}\nImpact: ${impact}.${from}`), location }];
}

function levelOf(severity: Severity): InsightAnnotation['level'] | null {
  switch (severity) {
    case 'critical':
    case 'high':
      return 'error';
    case 'medium':
      return 'warning';
    case 'low':
      return 'notice';
    case 'healthy':
      return null;
    default:
      return severity satisfies never;
  }
}
