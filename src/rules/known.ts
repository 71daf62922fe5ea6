import type { KnownNames } from '../config/read.ts';
import { rules } from './index.ts';
import { thresholds } from './thresholds.ts';

/** Names that a configuration may use. */
export const knownNames: KnownNames = {
  rules: new Set(rules.map(({ id }) => id)),
  thresholds: new Set(Object.keys(thresholds)),
};
