/** What a suppression holds for. */
export type SuppressionScope =
  /** The statement or query that stands at these lines. */
  | { readonly kind: 'statement'; readonly file: string; readonly line: number; readonly endLine: number }
  /** A comment that is meant for a statement and stands at none. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'file'; readonly file: string }
  /** Everything that meets all conditions; null is none. */
  | {
      readonly kind: 'matching';
      /** A file, or a glob of files. */
      readonly path: string | null;
      /** A table, with or without its schema. */
      readonly table: string | null;
      /** Name or fingerprint of a query. */
      readonly query: string | null;
      /** A route of a request, test or session, or a glob of routes: `GET /admin/*`. */
      readonly route: string | null;
      /** The last day on which it holds: `2026-12-31`. */
      readonly until: string | null;
    };

/** Somebody's word that what a rule finds is to be let pass. */
export interface Suppression {
  /** A rule's id, or all of an area: `migration/*`. As somebody wrote it; there may be no such rule. */
  readonly rule: string;
  /** Null where none is given. */
  readonly reason: string | null;
  readonly scope: SuppressionScope;
  /** Where it is written. */
  readonly location: { readonly file: string; readonly line: number };
}

/** Whether a suppression of `pattern` is one of that rule. */
export function namesRule(pattern: string, id: string): boolean {
  return pattern === id || (pattern.endsWith('/*') && id.startsWith(pattern.slice(0, -1)));
}
