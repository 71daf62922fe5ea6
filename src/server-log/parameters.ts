/** Values of `$1`, `$2` ... as PostgreSQL writes them as text. */
export type Parameters = readonly (string | null)[];

/** `$1 = 'it''s', $2 = NULL`: in values, quotes are doubled (BuildParamLogString in PostgreSQL's sources). */
const parameter = /\$\d+ = (?:NULL|'([^']*(?:''[^']*)*)')(?:, |$)/y;

/**
 * Reads the parameters of a statement from the details of its log entry: `parameters: $1 = ...`, with a capital
 * since PostgreSQL 16. Other details hold none.
 */
export function parseParameters(detail: string): Parameters {
  const [prefix = ''] = /^parameters: /i.exec(detail) ?? [];
  if (prefix === '') return [];
  const values: (string | null)[] = [];
  parameter.lastIndex = prefix.length;
  for (let match = parameter.exec(detail); match !== null; match = parameter.exec(detail)) {
    values.push(match[1]?.replaceAll("''", "'") ?? null);
  }
  return values;
}
