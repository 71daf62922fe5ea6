/** Types whose values have one order, in whichever of them they are read. */
const families: readonly (readonly string[])[] = [
  ['smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision'],
  ['text', 'character varying'],
  ['date', 'timestamp without time zone', 'timestamp with time zone'],
];

/** Whether two texts name one type, one of them perhaps with its schema. What pg_dump writes has no types. */
export function isSameType(exported: string, here: string): boolean {
  return (
    exported === 'unknown' ||
    exported === here ||
    exported.endsWith(`.${here}`) ||
    here.endsWith(`.${exported}`)
  );
}

/** Whether values in text form lie in the same order in both types, as format_type prints them. */
export function keepsOrder(from: string, to: string): boolean {
  const [a, b] = [unmodified(from), unmodified(to)];
  return isSameType(a, b) || families.some((family) => family.includes(a) && family.includes(b));
}

/** Without the length, precision or scale: `numeric(10,2)` is `numeric`. */
function unmodified(type: string): string {
  return type.replace(/\([^)]*\)/, '');
}
