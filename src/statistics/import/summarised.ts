import type { Unchecked } from '../../model/review.ts';

/** Remarks of one reason that are listed; more of them are told by their number. */
const listed = 5;

/** Many remarks of one reason say no more than a few of them and how many there are. */
export function summarised(remarks: readonly Unchecked[]): readonly Unchecked[] {
  return [...Map.groupBy(remarks, ({ reason }) => reason)].flatMap(([reason, same]) => {
    const more = same.length - listed;
    if (more <= 1) return same;
    return [...same.slice(0, listed), { subject: `${more} more like ${same[listed - 1]?.subject}`, reason }];
  });
}
