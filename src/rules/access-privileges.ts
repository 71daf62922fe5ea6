import { unquoted } from '../sql/identifier.ts';

/** One item of an access control list, such as `app=rw/owner` (PostgreSQL documentation, "Privileges"). */
interface Grant {
  /** Empty for PUBLIC. */
  readonly role: string;
  /** One letter each. */
  readonly letters: ReadonlySet<string>;
}

/** Who may do what, by the privileges of an object. */
export function grantsIn(privileges: readonly string[]): readonly Grant[] {
  return privileges.flatMap((item) => {
    const [, role, letters] = /^("(?:[^"]|"")*"|[^=]*)=([A-Za-z*]*)\//.exec(item) ?? [];
    if (role === undefined || letters === undefined) return [];
    return [{ role: unquoted(role), letters: new Set(letters.replaceAll('*', '')) }];
  });
}

/** How privileges are called in SQL: `SELECT, UPDATE`. */
export function privilegeNames(letters: Iterable<string>): string {
  return [...letters].map((letter) => names.get(letter) ?? letter).join(', ');
}

const names: ReadonlyMap<string, string> = new Map([
  ['r', 'SELECT'],
  ['a', 'INSERT'],
  ['w', 'UPDATE'],
  ['d', 'DELETE'],
  ['D', 'TRUNCATE'],
  ['x', 'REFERENCES'],
  ['t', 'TRIGGER'],
  ['X', 'EXECUTE'],
  ['U', 'USAGE'],
  ['m', 'MAINTAIN'],
]);
