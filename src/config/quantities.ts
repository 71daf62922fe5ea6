import { z } from 'zod';
import type { Range } from '../model/estimate.ts';

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

const milliseconds: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1e3,
  m: 60e3,
  min: 60e3,
  h: 3_600e3,
  '': 1e3,
};

/** Reads `60s`, `500ms`, `2m`, `1h`, or a number of seconds; in milliseconds. Null for anything else. */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min|h|)$/i.exec(text.trim());
  if (match === null) return null;
  const [, digits = '', unit = ''] = match;
  return Number(digits) * (milliseconds[unit.toLowerCase()] ?? Number.NaN);
}

const bytes: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** Reads `100MB`, or `1.5 GB`, in units of 1024 as PostgreSQL has them. Null for anything else. */
export function parseBytes(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg])b$/i.exec(text.trim());
  if (match === null) return null;
  const [, digits = '', unit = ''] = match;
  return Number(digits) * (bytes[unit.toLowerCase()] ?? Number.NaN);
}

/** Reads `100MB/s..800MB/s`, `300k..2M`, or one rate for both ends, each above 0. Null for anything else. */
export function parseRate(text: string, amount: (text: string) => number | null): Range | null {
  const [first = '', second = first, ...more] = text.split('..');
  const ends = [first, second].map((end) => amount(end.trim().replace(/\s*\/\s*s$/, '')));
  const [low = null, high = null] = ends;
  if (low === null || high === null || more.length > 0 || low <= 0 || low > high) return null;
  return { low, high };
}

/** Reads `0.5ms..3ms`, or one duration for both ends, each above 0; in seconds. Null for anything else. */
function parseDurations(text: string): Range | null {
  const range = parseRate(text, parseDuration);
  return range === null ? null : { low: range.low / 1000, high: range.high / 1000 };
}

/** A scalar of the configuration that one of the functions above reads. */
function quantity<T>(parse: (text: string) => T | null, expected: string) {
  return z.union([z.number(), z.string()], { error: `expected ${expected}` }).transform((value, context) => {
    const parsed = parse(String(value));
    if (parsed !== null) return parsed;
    context.addIssue({ code: 'custom', message: `"${value}" is not ${expected}` });
    return z.NEVER;
  });
}

export const count = quantity(parseCount, 'a count: write 345138, 345k, 50M or 2G');
export const share = quantity(parseShare, 'a share: write 0.25 or 25%');
export const duration = quantity(parseDuration, 'a duration: write 60s, 500ms, 2m or 1h');
export const durations = quantity(parseDurations, 'a duration: write 0.5ms..3ms, or 1ms');
export const byteRate = quantity(
  (text) => parseRate(text, parseBytes),
  'a rate in bytes: write 100MB/s..800MB/s, or 200MB/s',
);
export const rowRate = quantity(
  (text) => parseRate(text, parseCount),
  'a rate in rows: write 300k/s..2M/s, or 500k/s',
);
