import { type Node, parse } from './grammar.ts';
import { ByteOffsets } from './position.ts';

/** Text before an expression that makes a statement of it. */
const prefix = 'SELECT ';

/**
 * Reads an expression as EXPLAIN or pg_get_expr print it. Null where it holds what only EXPLAIN writes, such as
 * `(hashed SubPlan 1)`.
 */
export function parseExpression(expression: string): Node | null {
  const parsed = parse(`${prefix}${expression}`);
  const statement = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
  if (statement === undefined || !('SelectStmt' in statement)) return null;
  const target = statement.SelectStmt.targetList?.[0];
  return target !== undefined && 'ResTarget' in target ? (target.ResTarget.val ?? null) : null;
}

/** All nodes below and including a node, parents first. */
export function walk(node: unknown): readonly Node[] {
  const nodes: Node[] = [];
  collect(node, nodes);
  return nodes;
}

/** No generator: each node would pass through those of all nodes above it. */
function collect(node: unknown, nodes: Node[]): void {
  if (Array.isArray(node)) {
    for (const each of node) collect(each, nodes);
  } else if (isNode(node)) {
    nodes.push(node);
    for (const value of Object.values(node)) collectInside(value, nodes);
  }
}

/** Fields of a node's body hold nodes, lists of nodes, or plain values; only the former are wrapped by type. */
function collectInside(body: unknown, nodes: Node[]): void {
  if (typeof body !== 'object' || body === null) return;
  for (const value of Object.values(body)) {
    if (isNode(value) || Array.isArray(value)) collect(value, nodes);
    else collectInside(value, nodes);
  }
}

/** In libpg_query's JSON, a node is an object with one key, its type's name, which begins with a capital. */
export function isNode(value: unknown): value is Node {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const [key = '', ...others] = Object.keys(value);
  const first = key.charCodeAt(0);
  return others.length === 0 && first >= 65 && first <= 90;
}

/** Parts of a column reference, such as `['f', 'departure_airport']`; `*` for a star. */
export function columnReference(node: Node): readonly string[] | null {
  if (!('ColumnRef' in node)) return null;
  return (node.ColumnRef.fields ?? []).map((field) => {
    if ('String' in field) return field.String.sval ?? '';
    return '*';
  });
}

/** An expression in which what depends on something outside has become a parameter. */
export interface Parameterised {
  readonly sql: string;
  readonly parameterCount: number;
}

/**
 * Replaces all column references but those to one relation, and all parameters, by parameters of their own. Null
 * where the expression cannot be read.
 */
export function parameteriseOthers(expression: string, alias: string): Parameterised | null {
  const root = parseExpression(expression);
  if (root === null) return null;
  const locations = [...walk(root)].flatMap((node): readonly number[] => {
    if ('ParamRef' in node) return [node.ParamRef.location ?? 0];
    if (!('ColumnRef' in node) || columnReference(node)?.[0] === alias) return [];
    return [node.ColumnRef.location ?? 0];
  });
  const text = `${prefix}${expression}`;
  const offsets = new ByteOffsets(text);
  let sql = '';
  let copied = prefix.length;
  const sorted = locations.toSorted((a, b) => a - b);
  for (const [index, location] of sorted.entries()) {
    const offset = offsets.offsetOf(location);
    sql += `${text.slice(copied, offset)}$${index + 1}`;
    copied = offset + referenceLength(text.slice(offset));
  }
  return { sql: sql + text.slice(copied), parameterCount: sorted.length };
}

/** A parameter, or names joined by dots, quoted or not, as the server prints them. */
const reference =
  /^(\$\d+|(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*)(?:\.(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*))*)/u;

function referenceLength(text: string): number {
  return reference.exec(text)?.[0].length ?? 0;
}
