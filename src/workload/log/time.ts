const written = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:[.,]\d+)?)(?: ?(\S+))?$/;

/** Zones that PostgreSQL names by abbreviation and that are not UTC are taken as such: differences are what counts. */
const offset = /^[+-]\d\d(?::?\d\d)?$/;

/** Milliseconds since the epoch of a time as PostgreSQL logs it (`%m`, `%t`), or null. */
export function timeOf(text: string): number | null {
  const [, day, time, zone = 'UTC'] = written.exec(text) ?? [];
  if (day === undefined || time === undefined) return null;
  const at = Date.parse(`${day}T${time.replace(',', '.')}${offset.test(zone) ? isoOffset(zone) : 'Z'}`);
  return Number.isNaN(at) ? null : at;
}

/** `+02` and `+0200` are `+02:00`. */
function isoOffset(zone: string): string {
  const digits = zone.slice(1).replace(':', '');
  return `${zone.charAt(0)}${digits.slice(0, 2)}:${digits.slice(2) || '00'}`;
}
