import { columnReference, walk } from './expression.ts';
import { type Node, parse } from './grammar.ts';

/** A relation, as a query names it. */
interface NamedRelation {
  readonly schema: string | null;
  readonly name: string;
  /** How the rest of the query calls it. */
  readonly alias: string;
}

/** A column as a query names it; `*` for all of them. */
export interface NamedColumn {
  /** Alias or name of its relation, or null. */
  readonly qualifier: string | null;
  readonly column: string;
}

/** What a query names. Names of common table expressions are left out. */
export interface References {
  readonly relations: readonly NamedRelation[];
  readonly columns: readonly NamedColumn[];
  /** Columns that it sorts, groups or compares by something else than equality. */
  readonly ordered: readonly NamedColumn[];
  /** Plain names. */
  readonly functions: readonly string[];
  /** Plain names. */
  readonly types: readonly string[];
  readonly constants: readonly string[];
  /** What it inserts into; `columns` is null where it lists none. */
  readonly insert: { readonly relation: NamedRelation; readonly columns: readonly string[] | null } | null;
}

const nothing: References = {
  relations: [],
  columns: [],
  ordered: [],
  functions: [],
  types: [],
  constants: [],
  insert: null,
};

/** Names in the text of one query; none where it cannot be read. */
export function referencesIn(sql: string): References {
  const parsed = parse(sql);
  const statement = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
  if (statement === undefined) return nothing;
  const nodes = [...walk(statement)];
  const derived = new Set(
    nodes.flatMap((node) => ('CommonTableExpr' in node ? [node.CommonTableExpr.ctename] : [])),
  );
  const relations = nodes
    .flatMap(relationsOf)
    .filter(({ schema, name }) => schema !== null || !derived.has(name));
  return {
    relations,
    columns: nodes.flatMap((node) => [...columnsNamedBy(node), ...columnsWrittenBy(node)]),
    ordered: nodes.flatMap(orderedPart).flatMap((part) => [...walk(part)].flatMap(columnsNamedBy)),
    functions: nodes.flatMap((node) => ('FuncCall' in node ? lastName(node.FuncCall.funcname) : [])),
    types: nodes.flatMap((node) => ('TypeCast' in node ? lastName(node.TypeCast.typeName?.names) : [])),
    constants: nodes.flatMap((node) => ('A_Const' in node ? (node.A_Const.sval?.sval ?? []) : [])),
    insert: insertOf(statement),
  };
}

type RangeVar = Extract<Node, { RangeVar: unknown }>['RangeVar'];

/** What a statement modifies is a field of its own, and no node of the tree. */
function relationsOf(node: Node): readonly NamedRelation[] {
  if ('RangeVar' in node) return [toRelation(node.RangeVar)];
  const target =
    'InsertStmt' in node
      ? node.InsertStmt.relation
      : 'UpdateStmt' in node
        ? node.UpdateStmt.relation
        : 'DeleteStmt' in node
          ? node.DeleteStmt.relation
          : 'MergeStmt' in node
            ? node.MergeStmt.relation
            : undefined;
  return target === undefined ? [] : [toRelation(target)];
}

function toRelation({ schemaname, relname = '', alias }: RangeVar): NamedRelation {
  return { schema: schemaname ?? null, name: relname, alias: alias?.aliasname ?? relname };
}

function columnsNamedBy(node: Node): readonly NamedColumn[] {
  const path = columnReference(node);
  if (path === null) return [];
  const [qualifier = null, column] = path.slice(-2);
  if (column !== undefined) return [{ qualifier, column }];
  if (qualifier === null) return [];
  if (qualifier === '*') return [{ qualifier: null, column: '*' }];
  // A name alone is a column, or a relation as a whole.
  return [
    { qualifier: null, column: qualifier },
    { qualifier, column: '*' },
  ];
}

/** Columns that a statement writes, or that decide about a conflict. */
function columnsWrittenBy(node: Node): readonly NamedColumn[] {
  if ('InsertStmt' in node) {
    const { cols, onConflictClause } = node.InsertStmt;
    if (cols === undefined) return [{ qualifier: null, column: '*' }];
    return [
      ...named(cols),
      ...named(onConflictClause?.targetList),
      ...named(onConflictClause?.infer?.indexElems),
    ];
  }
  if ('UpdateStmt' in node) return named(node.UpdateStmt.targetList);
  if ('MergeWhenClause' in node) return named(node.MergeWhenClause.targetList);
  return [];
}

function named(items: readonly Node[] | undefined): readonly NamedColumn[] {
  return (items ?? []).flatMap((item): readonly NamedColumn[] => {
    const name =
      'ResTarget' in item ? item.ResTarget.name : 'IndexElem' in item ? item.IndexElem.name : undefined;
    return name === undefined ? [] : [{ qualifier: null, column: name }];
  });
}

const orderingFunctions: ReadonlySet<string> = new Set(['min', 'max', 'greatest', 'least']);

/** The parts of a node that depend on the order of values. */
function orderedPart(node: Node): readonly Node[] {
  if ('SortBy' in node) return node.SortBy.node === undefined ? [] : [node.SortBy.node];
  if ('SelectStmt' in node)
    return [...(node.SelectStmt.groupClause ?? []), ...(node.SelectStmt.distinctClause ?? [])];
  if ('MinMaxExpr' in node) return node.MinMaxExpr.args ?? [];
  if ('FuncCall' in node) {
    const [name = ''] = lastName(node.FuncCall.funcname);
    return orderingFunctions.has(name) ? (node.FuncCall.args ?? []) : [];
  }
  if (!('A_Expr' in node)) return [];
  const [operator = ''] = lastName(node.A_Expr.name);
  return operator === '=' || operator === '<>' ? [] : [node];
}

function insertOf(statement: Node): References['insert'] {
  if (!('InsertStmt' in statement) || statement.InsertStmt.relation === undefined) return null;
  const { relation, cols } = statement.InsertStmt;
  return {
    relation: toRelation(relation),
    columns: cols === undefined ? null : named(cols).map(({ column }) => column),
  };
}

function lastName(names: readonly Node[] | undefined): readonly string[] {
  const last = names?.at(-1);
  return last !== undefined && 'String' in last ? [last.String.sval ?? ''] : [];
}
