import type { Column } from '../../../model/catalogue.ts';
import { type DefinedKey, type IndexDefinition, plainKey } from '../definition.ts';
import type { Demand } from '../demand.ts';
import type { Customs } from './customs.ts';

/** Operators of jsonb_path_ops, and of jsonb_ops besides (PostgreSQL documentation, "GIN Indexes"). */
const ofPaths: ReadonlySet<string> = new Set(['@>', '@?', '@@']);
const ofDocuments: ReadonlySet<string> = new Set(['?', '?|', '?&']);
const ofArrays: ReadonlySet<string> = new Set(['@>', '&&']);
const ofPatterns: ReadonlySet<string> = new Set(['~~', '~~*', '~', '~*']);

/** GIN indexes for what is within a value: documents, arrays, words of a text, substrings. */
export function inverted(demand: Demand, customs: Customs): readonly IndexDefinition[] {
  const { table } = demand;
  return demand.others.flatMap(({ demanded, operator, constant }): readonly IndexDefinition[] => {
    const column = table.columns.find(({ name }) => name === demanded.column) ?? null;
    const key = plainKey(demanded.column, demanded.text);
    if (ofPatterns.has(operator)) {
      const isAnchored = operator === '~~' && constant !== null && /^[^%_]/.test(constant);
      return isAnchored ? [] : trigrams(table.name, key, customs);
    }
    const operatorClass = classOf(column, operator);
    return operatorClass === undefined ? [] : [gin(table.name, { ...key, operatorClass }, null)];
  });
}

/** The operator class to name, null for the default one, undefined where GIN has none. */
function classOf(column: Column | null, operator: string): string | null | undefined {
  const type = column?.typeName ?? '';
  if (type === 'jsonb')
    return ofPaths.has(operator) ? 'jsonb_path_ops' : ofDocuments.has(operator) ? null : undefined;
  if (column?.type.endsWith('[]')) return ofArrays.has(operator) ? null : undefined;
  return operator === '@@' ? null : undefined;
}

function trigrams(table: string, key: DefinedKey, { trigrams: known }: Customs): readonly IndexDefinition[] {
  if (known === null) return [];
  return [gin(table, { ...key, operatorClass: known.operatorClass }, known.requires)];
}

function gin(table: string, key: DefinedKey, requires: string | null): IndexDefinition {
  return { table, method: 'gin', keys: [key], included: [], predicate: null, requires };
}
