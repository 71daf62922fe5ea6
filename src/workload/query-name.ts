/**
 * The name of the query that follows: `-- name: get_flight` of sqlc, aiosql, yesql and HugSQL (there with `:name`), or
 * `/* @name get_flight *\/` of pgtyped. aiosql has signs behind names that say what a query returns, and parameters.
 */
const nameComment = /--[ \t]*:?name:?[ \t]*([^\s:(]+)|\/\*[^*]*@name[ \t]+(\w+)/gi;

/** The last name that comments give, or null. What sqlc generates sends them along with each query. */
export function queryNameIn(comments: string): string | null {
  const [, name, pgtyped] = [...comments.matchAll(nameComment)].at(-1) ?? [];
  return pgtyped ?? name?.replace(/(?<=.)(?:[<*]?!|[\^$#])$/, '') ?? null;
}

/** The name in the comments that a captured text begins with. */
export function leadingNameIn(sql: string): string | null {
  if (!/^\s*(?:--|\/\*)/.test(sql)) return null;
  const [comments = ''] = /^(?:\s+|--[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)+/.exec(sql) ?? [];
  return queryNameIn(comments);
}
