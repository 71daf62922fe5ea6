import type { Levels } from '../config/config.ts';

/** Where a rule's severities begin, at production size, and why there. */
export interface Threshold {
  readonly levels: Levels;
  /** What the value is that the levels are compared with. */
  readonly of: string;
  readonly reason: string;
}
