/** A Buffer as Node.js writes it in JSON. */
function bytesOf(value: object): string | null {
  if (!('type' in value && value.type === 'Buffer' && 'data' in value && Array.isArray(value.data)))
    return null;
  const bytes: readonly unknown[] = value.data;
  return `\\x${Buffer.from(bytes.map(Number)).toString('hex')}`;
}

/** A DateTime as PHP writes it in JSON: `{"date": "2026-11-20 09:14:02.497000", "timezone_type": 3, "timezone": "UTC"}`. */
function phpTimeOf(value: object): string | null {
  if (!('date' in value && 'timezone' in value && 'timezone_type' in value)) return null;
  return `${String(value.date)} ${String(value.timezone)}`;
}

/** Dimensions that an array may have (MAXDIM in src/include/utils/array.h). */
const mostDimensions = 6;

/** A value as PostgreSQL reads it, where its form in JSON is not that: bytes, and points in time. */
export function asValue(value: unknown): unknown {
  return within(value, mostDimensions);
}

function within(value: unknown, dimensions: number): unknown {
  if (Array.isArray(value))
    return dimensions === 0 ? value : value.map((each) => within(each, dimensions - 1));
  if (typeof value !== 'object' || value === null) return value;
  return bytesOf(value) ?? phpTimeOf(value) ?? value;
}

/** More digits than a number holds exactly; within a text they do no harm. */
const manyDigits = /([[,:]\s*)(-?\d{16,})(?=\s*[\],}])/g;

const texts = /"(?:[^"\\]|\\.)*"/g;

/**
 * Reads JSON; null where it is none. Integers that a number does not hold exactly are texts, as drivers for
 * Node.js pass them too.
 */
export function readJson(json: string): unknown {
  try {
    const outside = json.replaceAll(texts, (text) => `"${' '.repeat(text.length - 2)}"`);
    return JSON.parse(outside.search(manyDigits) === -1 ? json : withTexts(json, outside));
  } catch {
    return null;
  }
}

/** @param outside the same, with blanks in the place of texts */
function withTexts(json: string, outside: string): string {
  let result = '';
  let end = 0;
  for (const match of outside.matchAll(manyDigits)) {
    const [, before = '', digits = ''] = match;
    const start = match.index + before.length;
    const isExact = Number.isSafeInteger(Number(digits));
    result += json.slice(end, start) + (isExact ? digits : `"${digits}"`);
    end = start + digits.length;
  }
  return result + json.slice(end);
}

/** A list of values in JSON, or null where it is none. */
export function jsonList(text: string | undefined): readonly unknown[] | null {
  const value = text === undefined ? null : readJson(text);
  return Array.isArray(value) ? value.map(asValue) : null;
}
