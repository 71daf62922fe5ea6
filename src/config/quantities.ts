import { z } from 'zod';

const multipliers: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, b: 1e9 };

/** Reads `345138`, `345_138`, `345k`, `2.1M` or `8G`. Null for anything else. */
export function parseCount(text: string): number | null {
  const match = /^(\d[\d_]*(?:\.\d+)?)\s*([kmgb]?)$/i.exec(text.trim());
  if (match === null) return null;
  const [, digits = '', suffix = ''] = match;
  return Math.round(Number(digits.replaceAll('_', '')) * (multipliers[suffix.toLowerCase()] ?? Number.NaN));
}

/** Reads `0.25` or `25%`, a share from 0 to 1. Null for anything else. */
export function parseShare(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text.trim());
  if (match === null) return null;
  const [, digits = '', percent = ''] = match;
  const share = Number(digits) / (percent === '' ? 1 : 100);
  return share <= 1 ? share : null;
}

const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 60e3, min: 60e3, '': 1e3 };

/** Reads `60s`, `500ms`, `2m`, or a number of seconds; in milliseconds. Null for anything else. */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min|)$/i.exec(text.trim());
  if (match === null) return null;
  const [, digits = '', unit = ''] = match;
  return Number(digits) * (milliseconds[unit.toLowerCase()] ?? Number.NaN);
}

/** A scalar of the configuration that one of the functions above reads. */
function quantity(parse: (text: string) => number | null, expected: string) {
  return z.union([z.number(), z.string()], { error: `expected ${expected}` }).transform((value, context) => {
    const parsed = parse(String(value));
    if (parsed !== null) return parsed;
    context.addIssue({ code: 'custom', message: `"${value}" is not ${expected}` });
    return z.NEVER;
  });
}

export const count = quantity(parseCount, 'a count: write 345138, 345k, 50M or 2G');
export const share = quantity(parseShare, 'a share: write 0.25 or 25%');
export const duration = quantity(parseDuration, 'a duration: write 60s, 500ms or 2m');
