import type { SchemaDifference } from '../../model/schema.ts';

/** What a change newly demands of the values of rows that are there. */
export interface Demands {
  /** Whether the change gives a column another type; by plain names. */
  retypes(table: string, column: string): boolean;
  /** Whether the change constrains the rows of a table, or gives one of its columns another type. */
  constrains(table: string): boolean;
}

/**
 * Reads from what a change does to the schema what it demands. Only where it does are the ends of number types
 * worth a try: a backfill that adds to a column, or goes through a key, says nothing of whether it works by failing
 * on the largest number that there is.
 */
export function demandsOf(differences: readonly SchemaDifference[]): Demands {
  const retyped = new Set<string>();
  const constrained = new Set<string>();
  let anyDomain = false;
  for (const difference of differences) {
    const object = difference.kind === 'altered' ? difference.after : difference.object;
    if (object.kind === 'constraint' || object.kind === 'index') constrained.add(plain(object.table));
    if (object.kind === 'domain') anyDomain = true;
    if ('partitionBound' in object && object.partitionBound !== null) constrained.add(plain(object.name));
    if (difference.kind !== 'altered' || object.kind !== 'column') continue;
    if (difference.before.kind === 'column' && difference.before.type !== object.type) {
      retyped.add(`${plain(object.table)}.${object.name}`);
      constrained.add(plain(object.table));
    }
  }
  return {
    retypes: (table, column) => retyped.has(`${table}.${column}`),
    constrains: (table) => anyDomain || constrained.has(table),
  };
}

function plain(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}
