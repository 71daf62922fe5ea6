/** What a column of text holds, judged by its name: what a migration may well cast it to is written as such. */
const byName: readonly (readonly [RegExp, (n: number) => string])[] = [
  [/e_?mail/i, (n) => `user${n}@example.com`],
  [/ur[il]$|url|website|href/i, (n) => `https://example.com/${n}`],
  [/phone|mobile|fax/i, (n) => `+1555010${String(n).padStart(4, '0')}`],
  [/uuid|guid/i, (n) => uuid(n)],
  [/(^|_)ip(_|$)|ip_?addr/i, (n) => `192.0.2.${n % 256}`],
  [/(_at|At|_on|On)$|date|timestamp/, (n) => day(n)],
  [/^(is|has)(_|[A-Z])|(_flag|enabled|active)$/, (n) => (n % 2 === 1 ? 'true' : 'false')],
  [/json|payload|metadata|settings/i, (n) => `{"n": ${n}}`],
];

/**
 * The n-th text, from 1, of a column with that name. Where the name tells nothing it is a number, which most casts
 * accept.
 */
export function textFor(name: string, n: number): string {
  const known = byName.find(([pattern]) => pattern.test(name));
  return known === undefined ? String(n) : known[1](n);
}

/** Texts that checks on texts often ask for, whatever the column is called. */
export function usualTexts(n: number): readonly string[] {
  const letter = 'abcdefghijklmnopqrstuvwxyz'.charAt((n - 1) % 26);
  return [
    `${letter}${letter}`,
    `${letter}${letter}`.toUpperCase(),
    ...byName.map(([, make]) => make(n)),
    `${letter}-${n}`,
    `/${letter}`,
  ];
}

/** Texts of a length, for checks on it. */
export function textsOfLength(length: number, n: number): readonly string[] {
  const letter = 'abcdefghijklmnopqrstuvwxyz'.charAt((n - 1) % 26);
  return [letter.repeat(length), letter.toUpperCase().repeat(length), String(n).padStart(length, '0')];
}

export function uuid(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

/** The n-th day of 2026. */
export function day(n: number): string {
  return new Date(Date.UTC(2026, 0, n)).toISOString().slice(0, 10);
}
