import { columnReference } from './expression.ts';
import { type Node, parse } from './grammar.ts';

/** What a query's text says that its plan does not. */
export interface QueryShape {
  /** Whether a `*` of its result stands for columns of a table or view. */
  readonly selectsStar: boolean;
  /** Columns of its result, or null where a `*` hides their number. */
  readonly columns: number | null;
}

type SelectStatement = Extract<Node, { SelectStmt: unknown }>['SelectStmt'];

const unknownShape: QueryShape = { selectsStar: false, columns: null };

export function shapeOf(sql: string): QueryShape {
  const parsed = parse(sql);
  const statement = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
  if (statement === undefined) return unknownShape;
  if ('SelectStmt' in statement) return shapeOfSelect(statement.SelectStmt, new Set());
  if ('InsertStmt' in statement) return shapeOfReturning(statement.InsertStmt.returningClause?.exprs);
  if ('UpdateStmt' in statement) return shapeOfReturning(statement.UpdateStmt.returningClause?.exprs);
  if ('DeleteStmt' in statement) return shapeOfReturning(statement.DeleteStmt.returningClause?.exprs);
  if ('MergeStmt' in statement) return shapeOfReturning(statement.MergeStmt.returningClause?.exprs);
  return unknownShape;
}

function shapeOfReturning(targets: readonly Node[] | undefined): QueryShape {
  if (targets === undefined) return { selectsStar: false, columns: 0 };
  const star = targets.some(isStar);
  return { selectsStar: star, columns: star ? null : targets.length };
}

/** @param derived names of common table expressions in scope, whose columns the text itself names */
function shapeOfSelect(select: SelectStatement, derived: ReadonlySet<string>): QueryShape {
  // The columns of UNION, INTERSECT and EXCEPT are those of their left side.
  if (select.larg !== undefined) return shapeOfSelect(select.larg, derived);
  const names = new Set([...derived, ...cteNames(select)]);
  const targets = select.targetList ?? [];
  if (!targets.some(isStar)) return { selectsStar: false, columns: targets.length || null };
  const readsTable = (select.fromClause ?? []).some((item) => namesTable(item, names));
  return { selectsStar: readsTable, columns: null };
}

function cteNames(select: SelectStatement): readonly string[] {
  return (select.withClause?.ctes ?? []).flatMap((cte) =>
    'CommonTableExpr' in cte ? [cte.CommonTableExpr.ctename ?? ''] : [],
  );
}

function isStar(target: Node): boolean {
  const value = 'ResTarget' in target ? target.ResTarget.val : undefined;
  return value !== undefined && columnReference(value)?.at(-1) === '*';
}

/** Whether an item of FROM is, or holds, a table whose columns the text does not name. */
function namesTable(item: Node, derived: ReadonlySet<string>): boolean {
  if ('RangeVar' in item) {
    const { schemaname, relname } = item.RangeVar;
    return schemaname !== undefined || !derived.has(relname ?? '');
  }
  if ('JoinExpr' in item) {
    const { larg, rarg } = item.JoinExpr;
    return [larg, rarg].some((side) => side !== undefined && namesTable(side, derived));
  }
  if ('RangeSubselect' in item) {
    const subquery = item.RangeSubselect.subquery;
    return (
      subquery !== undefined &&
      'SelectStmt' in subquery &&
      shapeOfSelect(subquery.SelectStmt, derived).selectsStar
    );
  }
  return false;
}
