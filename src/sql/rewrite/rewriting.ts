import type { Tables } from './sources.ts';
import type { Select } from './tree.ts';

/** A query in another form, that has still to be tried. */
export interface Rewriting {
  readonly title: string;
  /** The new statement. */
  readonly select: Select;
  /** Ids of the rules whose findings about the query it puts right. */
  readonly answers: readonly string[];
  readonly nature: Nature;
}

/** What a form is to its query. */
export type Nature =
  /** It is to return the same. */
  | { readonly kind: 'equal' }
  /** It is not the same to every row, for a reason that is worth telling. */
  | { readonly kind: 'alike'; readonly reason: string }
  /** It is another query by design, or saves nothing until somebody edits it. */
  | { readonly kind: 'other'; readonly reason: string };

export const equal: Nature = { kind: 'equal' };

/** One way to write queries anew; empty where it does not apply. */
export type Rewriter = (query: Select, tables: Tables) => readonly Rewriting[];

/** Rules about what a plan does, which any cheaper form puts right. */
export const answersOfPlans: readonly string[] = [
  'query/plan-regression',
  'query/optimizer-cost',
  'query/rows-read',
  'query/rows-filtered',
  'query/missing-index',
];
