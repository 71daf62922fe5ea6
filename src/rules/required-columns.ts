import { plainName } from '../model/schema.ts';
import { alterations, creations, drops, newRelations } from './alterations.ts';
import type { Facts } from './facts.ts';
import type { StatementFacts } from './facts-source.ts';
import type { ObjectOf } from './schema-facts.ts';

type Column = ObjectOf<'column'>;

/** A column that every INSERT has to give a value from now on. */
export interface RequiredColumn {
  readonly column: Column;
  /** Its table, as it was called before. */
  readonly table: string;
  readonly isNew: boolean;
  readonly by: StatementFacts | null;
}

/** Columns that are NOT NULL at head and have nothing that fills them, which was not so before. */
export function requiredColumns(facts: Facts): readonly RequiredColumn[] {
  const isRequired = isRequiredIn(facts);
  const created = newRelations(facts);
  const tables = new Set(
    facts.schema.all('table', 'partitioned table', 'foreign table').map(({ name }) => name),
  );
  return [
    ...creations(facts, 'column')
      .filter(({ object }) => isRequired(object) && !created.has(object.table))
      .map(({ object, by }) => ({ column: object, table: object.table, isNew: true, by })),
    ...alterations(facts, ['column'], (before, after) => !isRequired(before) && isRequired(after))
      .filter(({ before, after }) => before.default !== null || !isDemandedByCheck(facts, after))
      .map(({ before, after, by }) => ({ column: after, table: before.table, isNew: false, by })),
  ].filter(({ column }) => tables.has(column.table));
}

/** Columns that the base demands a value for, and the head no longer does, or no longer has. */
export function formerlyRequired(facts: Facts): readonly RequiredColumn[] {
  const isRequired = isRequiredIn(facts);
  const tables = new Set(facts.schema.all('table', 'partitioned table').map(({ name }) => name));
  return [
    ...drops(facts, 'column')
      .filter(({ object }) => isRequired(object) && tables.has(object.table))
      .map(({ object, by }) => ({ column: object, table: object.table, isNew: false, by })),
    ...alterations(facts, ['column'], (before, after) => isRequired(before) && !isRequired(after)).map(
      ({ before, after, by }) => ({ column: before, table: after.table, isNew: false, by }),
    ),
  ];
}

/** Whether nothing but an INSERT fills a column that holds no NULL. */
function isRequiredIn({ schema }: Facts): (column: Column) => boolean {
  const domains = new Set(
    schema.all('domain').flatMap((domain) => (domain.default === null ? [] : [plainName(domain.name)])),
  );
  return (column) =>
    column.notNull &&
    column.default === null &&
    column.identity === null &&
    column.generated === null &&
    !domains.has(plainName(column.type));
}

/** Whether a trigger of head may fill what an INSERT leaves out. */
export function isFilledByTrigger({ schema }: Facts, table: string): boolean {
  return schema
    .on(table, 'trigger')
    .some(({ definition, state }) => /\bBEFORE INSERT\b/.test(definition) && state !== 'disabled');
}

/** Whether the base had a check that allows no NULL, such as the one that spares SET NOT NULL its scan. */
function isDemandedByCheck({ schema, change }: Facts, { name, table }: Column): boolean {
  const differences = change?.differences ?? [];
  const created = new Set(differences.flatMap((each) => (each.kind === 'created' ? [each.object.key] : [])));
  const dropped = differences.flatMap((each) => (each.kind === 'dropped' ? [each.object] : []));
  return [...schema.on(table, 'constraint'), ...dropped].some(
    (object) =>
      object.kind === 'constraint' &&
      object.table === table &&
      !created.has(object.key) &&
      object.columns.length === 1 &&
      object.columns[0] === name &&
      / IS NOT NULL\)\)( NOT VALID)?$/.test(object.definition),
  );
}

/** Without a list of columns, values are for the first columns of the table, and a new one is the last. */
export function leavesOut(listed: readonly string[] | null, { name }: Column, isNew: boolean): boolean {
  return listed === null ? isNew : !listed.includes(name);
}
