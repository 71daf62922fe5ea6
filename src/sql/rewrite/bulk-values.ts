import { escapeIdentifier } from 'pg';
import type { Column } from '../../model/catalogue.ts';
import { type Node, parse } from '../grammar.ts';
import { column } from './tree.ts';

/** A value that each of the statements in a loop has its own of. */
export interface BulkValue {
  /** The column that it is written to or compared with. */
  readonly column: Column;
  /** Whether it tells which row is meant. */
  readonly isKey: boolean;
}

/** What differs, gathered as the statement is gone through. */
export class BulkValues {
  readonly all: (BulkValue & { readonly name: string })[] = [];

  /** The column of the list that a value becomes. */
  add(of: Column, isKey: boolean): { readonly listed: Node; readonly parameter: Node } {
    const taken = this.all.filter((each) => each.column.name === of.name).length;
    const name = taken === 0 ? of.name : `${of.name}_${taken + 1}`;
    this.all.push({ column: of, isKey, name });
    return { listed: column('v', name), parameter: { ParamRef: { number: this.all.length } } };
  }

  /** `unnest($1::bigint[], $2::text[]) AS v (id, name)`, as the grammar reads it; null where it does not. */
  get list(): Node | null {
    const arrays = this.all.map(({ column: { type } }, index) => `$${index + 1}::${type}[]`);
    const names = this.all.map(({ name }) => escapeIdentifier(name));
    const parsed = parse(`SELECT FROM unnest(${arrays.join(', ')}) AS v (${names.join(', ')})`);
    const statement = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
    return statement !== undefined && 'SelectStmt' in statement
      ? (statement.SelectStmt.fromClause?.[0] ?? null)
      : null;
  }

  /** A list within a list goes by another way. */
  get areSimple(): boolean {
    return (
      this.all.length > 0 &&
      this.all.every(({ column: { type, typeKind } }) => !type.endsWith(']') && typeKind !== 'other')
    );
  }
}
