import type { InsightLocation } from '../../model/insight.ts';
import { code, link, type Safe } from './safe.ts';

/** Address of a place in the repository at head, or null where there is none. */
export type Permalink = (location: InsightLocation) => string | null;

/** `file:line`, linked where the file can be. */
export function place(location: InsightLocation, permalink: Permalink): Safe {
  return link(code(`${location.file}:${location.line}`), permalink(location));
}
