import { committedTransactions, type PlacedStatement } from '../migrations/transactions.ts';
import type { SchemaDifference, SchemaObject } from '../model/schema.ts';
import type { Facts } from './facts.ts';

/** Kinds of things that can be missing. */
export type ItemKind =
  | 'constraint'
  | 'function'
  | 'NOT NULL'
  | 'partition'
  | 'policy'
  | 'row security'
  | 'rule'
  | 'trigger'
  | 'view';

/** Something that is there or not. */
interface Item {
  readonly kind: ItemKind;
  readonly object: string;
  readonly table: string | null;
  /** What it is, where it may come back under another name. */
  readonly definition: string | null;
  readonly isThere: boolean;
}

/** What a committed transaction takes away and a later one puts back. */
export interface Absence {
  readonly item: Item;
  readonly by: PlacedStatement;
  readonly until: PlacedStatement;
}

/** Everything of the base that is missing at some point of the change, and is there again at head. */
export function absences({ migrations }: Facts): readonly Absence[] {
  const missing = new Map<
    string,
    { readonly item: Item; readonly by: PlacedStatement; readonly at: number }
  >();
  const found: Absence[] = [];
  const brought = new Set<string>();
  for (const [at, transaction] of committedTransactions(migrations).entries()) {
    for (const by of transaction) {
      for (const difference of by.statement.differences) {
        const [before, after] = [itemsBefore(difference), itemsAfter(difference)];
        for (const item of after.filter(({ isThere }) => isThere)) {
          const [key, lost] = [...missing].find(([, each]) => isSame(each.item, item)) ?? [];
          if (key !== undefined) missing.delete(key);
          else if (difference.kind === 'created') brought.add(keyOf(item));
          if (lost !== undefined && lost.at < at) found.push({ item: lost.item, by: lost.by, until: by });
        }
        for (const item of before.filter(({ isThere }) => isThere)) {
          const stays = after.some((each) => each.kind === item.kind && each.isThere);
          if (!stays && !brought.has(keyOf(item))) missing.set(keyOf(item), { item, by, at });
        }
      }
    }
  }
  return found;
}

function isSame(a: Item, b: Item): boolean {
  if (a.kind !== b.kind || a.table !== b.table) return false;
  return a.object === b.object || (a.definition !== null && a.definition === b.definition);
}

function keyOf({ kind, table, object }: Item): string {
  return JSON.stringify([kind, table, object]);
}

function itemsBefore(difference: SchemaDifference): readonly Item[] {
  if (difference.kind === 'created') return [];
  return itemsOf(difference.kind === 'dropped' ? difference.object : difference.before);
}

function itemsAfter(difference: SchemaDifference): readonly Item[] {
  if (difference.kind === 'dropped') return [];
  return itemsOf(difference.kind === 'created' ? difference.object : difference.after);
}

function itemsOf(object: SchemaObject): readonly Item[] {
  const alone = { object: object.name, table: null, definition: null, isThere: true };
  switch (object.kind) {
    case 'trigger':
      return [{ ...alone, kind: 'trigger', table: object.table, isThere: object.state !== 'disabled' }];
    case 'rule':
      return [{ ...alone, kind: 'rule', table: object.table, isThere: object.state !== 'disabled' }];
    case 'policy':
      return [{ ...alone, kind: 'policy', table: object.table }];
    case 'constraint':
      if (object.type === 'not null') return [];
      return [
        {
          ...alone,
          kind: 'constraint',
          table: object.table,
          definition: object.definition.replace(/ NOT VALID$/, ''),
        },
      ];
    case 'column':
      return [{ ...alone, kind: 'NOT NULL', table: object.table, isThere: object.notNull }];
    case 'table':
    case 'partitioned table':
      return [
        { ...alone, kind: 'row security', isThere: object.rowSecurity !== 'off' },
        { ...alone, kind: 'partition', isThere: object.partitionBound !== null },
      ];
    case 'view':
    case 'materialised view':
      return [{ ...alone, kind: 'view' }];
    case 'function':
    case 'procedure':
    case 'aggregate':
      return [{ ...alone, kind: 'function' }];
    default:
      return [];
  }
}
