/** A relation as a statement names it. */
export interface NamedRelation {
  readonly schema: string | null;
  readonly name: string;
}

export function isCatalogue({ schema, name }: NamedRelation): boolean {
  return (
    schema === 'pg_catalog' || schema === 'information_schema' || (schema === null && name.startsWith('pg_'))
  );
}

/** What a statement names. */
export interface Mentions {
  /** Tables, views, indexes and sequences, without the names of common table expressions. */
  readonly relations: readonly NamedRelation[];
  /** Functions that it calls, without their schemas. */
  readonly functions: readonly string[];
  /** Its constants, as text, in the order of the text. */
  readonly constants: readonly string[];
}

/** Reads a syntax tree of libpg_query. */
export function mentionsOf(tree: unknown): Mentions {
  const relations: NamedRelation[] = [];
  const functions: string[] = [];
  const constants: string[] = [];
  const derived = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('relname' in node) {
      const schema = 'schemaname' in node ? String(node.schemaname) : null;
      relations.push({ schema, name: String(node.relname) });
    }
    if ('ctename' in node) derived.add(String(node.ctename));
    if ('funcname' in node) functions.push(...stringsIn(node.funcname).slice(-1));
    if ('A_Const' in node) constants.push(...stringsIn(node.A_Const));
    for (const value of Object.values(node)) visit(value);
  };
  visit(tree);
  return {
    relations: relations.filter(({ schema, name }) => schema !== null || !derived.has(name)),
    functions,
    constants,
  };
}

/**
 * Texts of a list of names, or of a constant: the values below `sval`, `fval`, `ival` and `boolval`. libpg_query
 * leaves out what is 0 or false.
 */
function stringsIn(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    /^(?:s|f|i|bool)val$/.test(key) && typeof value !== 'object' ? [String(value)] : stringsIn(value),
  );
}
