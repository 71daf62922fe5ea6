import type { Suppression } from '../model/suppression.ts';

/** What came of a suppression. */
export type SuppressionOutcome =
  | { readonly kind: 'used' }
  /** Its rule was checked where it holds, and found nothing. */
  | { readonly kind: 'unused' }
  /** It would be used, had its last day not passed. */
  | { readonly kind: 'ended'; readonly until: string }
  /** `nearest` is the known rule that is written most like it, or null where none is. */
  | { readonly kind: 'unknown rule'; readonly nearest: string | null }
  | { readonly kind: 'not checked' };

/** A suppression that the change brings or concerns. */
export interface SuppressionFacts {
  readonly suppression: Suppression;
  readonly outcome: SuppressionOutcome;
}
