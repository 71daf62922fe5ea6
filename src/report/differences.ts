import type { CatalogueDifference } from '../model/reviewed-migration.ts';
import type { SchemaDifference, SchemaObject } from '../model/schema.ts';

/** What a statement left otherwise in the catalogues, as review.json has it. */
export function catalogueDifference(difference: SchemaDifference): CatalogueDifference {
  const { kind } = difference;
  const object = kind === 'altered' ? difference.after : difference.object;
  return {
    kind,
    object: object.kind,
    name: object.name,
    table: 'table' in object ? object.table : null,
    properties: kind === 'altered' ? alteredProperties(difference.before, difference.after) : [],
  };
}

function alteredProperties(before: SchemaObject, after: SchemaObject): readonly string[] {
  const earlier = new Map(Object.entries(before));
  return Object.entries(after)
    .filter(([name, value]) => JSON.stringify(earlier.get(name)) !== JSON.stringify(value))
    .map(([name]) => name);
}
