import { statementsOf } from '../statements.ts';
import { columnAlone } from './column-alone.ts';
import { correlatedToJoin } from './correlated.ts';
import { countToExists } from './count-exists.ts';
import { cteMaterialisation } from './cte.ts';
import { distinctToExists } from './distinct.ts';
import { fanOutApart } from './fan-out.ts';
import { offsetToKeyset } from './keyset.ts';
import { notInToNotExists } from './not-in.ts';
import { orToUnion } from './or-union.ts';
import type { Rewriter, Rewriting } from './rewriting.ts';
import type { Tables } from './sources.ts';
import { starToColumns } from './star.ts';
import { type Select, selectIn } from './tree.ts';

const rewriters: readonly Rewriter[] = [
  notInToNotExists,
  columnAlone,
  cteMaterialisation,
  countToExists,
  correlatedToJoin,
  orToUnion,
  fanOutApart,
  distinctToExists,
  offsetToKeyset,
  starToColumns,
];

/** The tree of a text that is one SELECT, which locks no rows; null for any other. */
export function readSelect(sql: string): Select | null {
  const parsed = statementsOf(sql);
  if (parsed.kind === 'unreadable' || parsed.value.length !== 1) return null;
  const query = selectIn(parsed.value[0]?.node);
  return query === null || query.lockingClause !== undefined || query.intoClause !== undefined ? null : query;
}

/** All known other forms of a query. */
export function rewritingsOf(query: Select, tables: Tables): readonly Rewriting[] {
  return rewriters.flatMap((rewriter) => rewriter(query, tables));
}
