import { z } from 'zod';
import type { Suppression } from '../model/suppression.ts';

/** An entry of the ignore list, as people write it. */
export const ignoredSchema = z
  .strictObject({
    rule: z.string().describe('A rule, or all rules of an area: migration/*.'),
    reason: z.string().trim().min(1, 'say why').describe('Why it is let pass; the report shows it.'),
    path: z.string().optional().describe('Only in this file, or in files that match this glob.'),
    table: z.string().optional().describe('Only what is about this table; with or without its schema.'),
    query: z.string().optional().describe('Only for the query of this name or fingerprint.'),
    route: z
      .string()
      .optional()
      .describe('Only in what requests of this route send, or of routes that match this glob: GET /admin/*.'),
    until: z.iso
      .date('expected a day: write 2026-12-31')
      .optional()
      .describe('Only up to this day, including it.'),
  })
  .describe('Something that is let pass.');

/** @param location where the entry stands */
export function toSuppression(
  { rule, reason, path, table, query, route, until }: z.output<typeof ignoredSchema>,
  location: Suppression['location'],
): Suppression {
  const scope = {
    kind: 'matching',
    path: path ?? null,
    table: table ?? null,
    query: query ?? null,
    route: route ?? null,
    until: until ?? null,
  } as const;
  return { rule, reason, scope, location };
}
