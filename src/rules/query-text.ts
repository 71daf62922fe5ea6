import type { Query } from '../model/query.ts';
import { blocksOf, type QueryBlock } from '../sql/blocks.ts';
import { parse } from '../sql/grammar.ts';
import { type QueryTraits, traitsOf } from '../sql/traits.ts';

/** What the text of a query says that its plan does not. */
export interface QueryText {
  /** Its SELECTs, outer ones first. */
  readonly blocks: readonly QueryBlock[];
  readonly traits: QueryTraits;
}

/** Several rules ask about each query. */
const read = new WeakMap<Query, QueryText | 'unreadable'>();

/** Null where PostgreSQL's grammar of another version accepts what ours does not. */
export function textOf(query: Query): QueryText | null {
  const known = read.get(query) ?? readText(query.sql);
  read.set(query, known);
  return known === 'unreadable' ? null : known;
}

function readText(sql: string): QueryText | 'unreadable' {
  const parsed = parse(sql);
  const statement = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
  return statement === undefined
    ? 'unreadable'
    : { blocks: blocksOf(statement), traits: traitsOf(statement) };
}
