/** What values are made of. */
export interface Wanted {
  /** Base type's name, such as `int4`. */
  readonly type: string;
  /** Longest text, in characters, or null. */
  readonly maxLength: number | null;
  /** How many different values the column has. */
  readonly distinct: number;
  /** Milliseconds since 1970. */
  readonly takenAt: number;
}

/**
 * Different values of a type in ascending order, evenly spread, or null where none can be made.
 *
 * @param place `bounds` reach from the least to the greatest value; those `between` lie between such bounds
 */
export function valuesBetween(
  wanted: Wanted,
  howMany: number,
  place: 'bounds' | 'between',
): readonly string[] | null {
  const at = spread(wanted);
  if (at === null || howMany === 0) return null;
  const values = Array.from({ length: howMany }, (_, index) =>
    at(place === 'bounds' ? index / Math.max(1, howMany - 1) : (index + 0.5) / howMany),
  );
  return new Set(values).size === howMany ? values : null;
}

/** Two years, in milliseconds. */
const span = 2 * 365 * 86_400_000;

const greatest: ReadonlyMap<string, number> = new Map([
  ['int2', 2 ** 15 - 1],
  ['int4', 2 ** 31 - 1],
  ['int8', Number.MAX_SAFE_INTEGER],
  ['oid', 2 ** 32 - 1],
]);

/** A value for each share of the way from the least to the greatest. */
function spread({ type, maxLength, distinct, takenAt }: Wanted): ((share: number) => string) | null {
  const limit = greatest.get(type);
  if (limit !== undefined) {
    const last = Math.min(limit, Math.max(distinct, 1000));
    return (share) => String(Math.round(1 + share * (last - 1)));
  }
  const time = (share: number) => new Date(takenAt - span * (1 - share)).toISOString();
  switch (type) {
    case 'numeric':
    case 'float4':
    case 'float8':
      return (share) => (1 + share * Math.max(distinct, 1000)).toFixed(3);
    case 'date':
      return (share) => time(share).slice(0, 10);
    case 'timestamp':
    case 'timestamptz':
      return (share) => time(share);
    case 'interval':
      return (share) => `${Math.round(share * 86_400)} seconds`;
    case 'text':
    case 'varchar':
    case 'bpchar':
    case 'citext':
      return (share) => letters(share, Math.min(maxLength ?? 10, 10));
    case 'uuid':
      return (share) => uuid(share);
    case 'bytea':
      return (share) => `\\x${hexadecimal(share)}`;
    case 'inet':
      return (share) => `10.${bytesOf(share, 3).join('.')}`;
    default:
      return null;
  }
}

/** Small letters sort alike in every collation. */
function letters(share: number, length: number): string {
  let rest = Math.min(share, 1 - 1e-9);
  let text = '';
  for (let index = 0; index < length; index += 1) {
    rest *= 26;
    text += String.fromCharCode(97 + Math.floor(rest));
    rest -= Math.floor(rest);
  }
  return text;
}

function bytesOf(share: number, count: number): readonly number[] {
  const number = Math.round(share * (256 ** count - 1));
  return Array.from({ length: count }, (_, index) => Math.floor(number / 256 ** (count - 1 - index)) % 256);
}

function hexadecimal(share: number): string {
  return bytesOf(share, 6)
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

function uuid(share: number): string {
  const digits = hexadecimal(share);
  return `${digits.slice(0, 8)}-${digits.slice(8)}-4000-8000-000000000000`;
}
