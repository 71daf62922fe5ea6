const written = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:[.,]\d+)?)(?: ?(\S+))?$/;

/** Zones that PostgreSQL names by abbreviation and that are not UTC are taken as such: differences are what counts. */
const offset = /^[+-]\d\d(?::?\d\d)?$/;

const inUtc = /^\d{4}-\d\d-\d\d \d\d:\d\d:[0-5]\d\.\d{3} UTC$/;

/** Minutes, of which a log has few that differ. */
let minute = { text: '', at: 0 };

/** Milliseconds since the epoch of a time as PostgreSQL logs it (`%m`, `%t`), or null. */
export function timeOf(text: string): number | null {
  if (!inUtc.test(text)) return readTime(text);
  if (!text.startsWith(minute.text) || minute.text === '') {
    const at = readTime(`${text.slice(0, 17)}00 UTC`);
    if (at === null) return null;
    minute = { text: text.slice(0, 17), at };
  }
  return minute.at + Number(text.slice(17, 19)) * 1000 + Number(text.slice(20, 23));
}

function readTime(text: string): number | null {
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
