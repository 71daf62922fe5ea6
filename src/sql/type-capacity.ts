/** What becomes of values that a type held, and another one cannot. */
export interface Loss {
  /** `refused`: PostgreSQL fails on them, unless a USING clause casts them; `changed`: they are altered silently. */
  readonly kind: 'refused' | 'changed';
  /** Which values, or what of them. */
  readonly what: string;
}

/** A type as format_type prints it, taken apart: `timestamp(3) with time zone`, `numeric(10,2)`. */
interface Type {
  readonly name: string;
  readonly modifiers: readonly number[];
}

/**
 * What a column can lose when its type changes: null where every value fits, or where nothing is known of the types
 * (PostgreSQL documentation, "Data Types").
 *
 * @param before as format_type prints it
 * @param after likewise
 */
export function lossOf(before: string, after: string): Loss | null {
  if (before.endsWith('[]') && after.endsWith('[]')) return lossOf(before.slice(0, -2), after.slice(0, -2));
  const [from, to] = [parseType(before), parseType(after)];
  if (isText(from)) return isText(to) ? lossOfText(from, to) : refused(`texts that are no ${after}`);
  if (isNumber(from)) return lossOfNumber(from, to);
  return from.name.startsWith('timestamp') ? lossOfTime(from, to) : null;
}

function parseType(text: string): Type {
  const modifiers = /\(([\d,\s-]+)\)/.exec(text)?.[1] ?? '';
  return {
    name: text.replace(/\([\d,\s-]+\)/, ''),
    modifiers: modifiers === '' ? [] : modifiers.split(',').map(Number),
  };
}

function refused(what: string): Loss {
  return { kind: 'refused', what };
}

function changed(what: string): Loss {
  return { kind: 'changed', what };
}

const texts: ReadonlySet<string> = new Set(['text', 'character varying', 'character', 'citext']);

function isText({ name }: Type): boolean {
  return texts.has(name);
}

function lossOfText(from: Type, to: Type): Loss | null {
  const length = lengthOf(to);
  return length < lengthOf(from) ? refused(`texts of more than ${length} characters`) : null;
}

function lengthOf({ modifiers }: Type): number {
  return modifiers[0] ?? Number.POSITIVE_INFINITY;
}

/** Highest numbers of the integer types, and the digits that these have. */
const integers: Readonly<Record<string, { readonly highest: string; readonly digits: number }>> = {
  smallint: { highest: '32,767', digits: 5 },
  integer: { highest: '2,147,483,647', digits: 10 },
  bigint: { highest: '9,223,372,036,854,775,807', digits: 19 },
};

/** Decimal digits that a floating-point number holds for certain. */
const floats: Readonly<Record<string, number>> = { real: 6, 'double precision': 15 };

function isNumber({ name }: Type): boolean {
  return name in integers || name in floats || name === 'numeric';
}

function lossOfNumber(from: Type, to: Type): Loss | null {
  const range = integers[to.name];
  if (range !== undefined) {
    const before = integers[from.name];
    if (before === undefined) return changed('what stands behind the decimal point');
    return range.digits < before.digits ? refused(`numbers beyond ${range.highest}`) : null;
  }
  const exact = floats[to.name];
  if (exact !== undefined) {
    return digitsOf(from) > exact ? changed(`digits after the first ${exact}`) : null;
  }
  if (to.name === 'numeric') return lossOfDecimal(from, to);
  return to.name === 'boolean' ? changed('which number other than 0 it was') : null;
}

function digitsOf({ name, modifiers }: Type): number {
  return integers[name]?.digits ?? floats[name] ?? modifiers[0] ?? Number.POSITIVE_INFINITY;
}

function lossOfDecimal(from: Type, to: Type): Loss | null {
  const [precision, scale = 0] = to.modifiers;
  if (precision === undefined) return null;
  const fraction = from.name in integers ? 0 : fractionOf(from);
  if (scale < fraction) return changed(`digits behind the decimal point after the first ${scale}`);
  const whole = from.name in floats ? Number.POSITIVE_INFINITY : digitsOf(from) - fraction;
  return precision - scale < whole ? refused(`numbers of more than ${precision - scale} digits`) : null;
}

/** numeric without a scale has none at all if it has a precision, and any if it has not. */
function fractionOf({ modifiers: [precision, scale] }: Type): number {
  return precision === undefined ? Number.POSITIVE_INFINITY : (scale ?? 0);
}

function lossOfTime(from: Type, to: Type): Loss | null {
  if (to.name === 'date') return changed('the time of day');
  if (to.name.startsWith('time ')) return changed('the day');
  if (from.name.endsWith(' with time zone') && to.name.endsWith(' without time zone'))
    return changed("the point in time, of which the time of day in the session's TimeZone is left");
  const precision = to.modifiers[0] ?? 6;
  return to.name.startsWith('timestamp') && precision < (from.modifiers[0] ?? 6)
    ? changed('fractions of a second')
    : null;
}
