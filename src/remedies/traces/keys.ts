/** Longer lists cost planning time, and change the estimate by their length alone. */
export const mostKeys = 1_000;

/**
 * An array literal of different keys, for planning only: the planner counts them, and knows none of them as common.
 *
 * @param typeName base type's name without modifier: `int8`, `uuid`, `text`
 */
export function keysOfType(typeName: string, length: number): string {
  const keys = Array.from({ length }, (_, index) => keyOfType(typeName, index + 1));
  return `{${keys.join(',')}}`;
}

function keyOfType(typeName: string, n: number): string {
  switch (typeName) {
    case 'int2':
    case 'int4':
    case 'int8':
    case 'numeric':
    case 'float4':
    case 'float8':
    case 'oid':
      return String(n);
    case 'uuid':
      return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return `2026-01-${String((n % 28) + 1).padStart(2, '0')}`;
    default:
      return `key ${n}`;
  }
}
