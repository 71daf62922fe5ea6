import type { ProductionStatistics } from '../../model/production.ts';
import type { Unchecked } from '../../model/review.ts';

/** Days from which on production may well have changed. */
const oldAfterDays = 30;

/**
 * A remark on statistics that are old.
 *
 * @param today as `2026-12-31`
 */
export function ageOf(production: ProductionStatistics | null, today: string): readonly Unchecked[] {
  if (production === null) return [];
  const taken = Date.parse(production.takenAt);
  const days = Math.floor((Date.parse(today) - taken) / 86_400_000);
  if (days < oldAfterDays) return [];
  return [
    {
      subject: 'the statistics file',
      reason: `it was made ${days} days ago: production may have changed since; export it again`,
    },
  ];
}
