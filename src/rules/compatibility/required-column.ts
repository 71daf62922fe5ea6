import type { Severity } from '../../model/insight.ts';
import { plainName } from '../../model/schema.ts';
import { alterations, creations, newRelations } from '../alterations.ts';
import type { Facts, StatementFacts } from '../facts.ts';
import { onCause } from '../on-cause.ts';
import { defineRule } from '../rule.ts';
import type { ObjectOf } from '../schema-facts.ts';
import { insertsInto, namesOf, type Usage, usages } from '../usage.ts';

type Column = ObjectOf<'column'>;

export default defineRule({
  id: 'compatibility/required-column',
  title: 'A column must be given a value that the running version does not know of',
  message:
    'leaves {column:code} of {table:code} NOT NULL and without a default, which it was not before: an INSERT that leaves it out fails; {inserts}',
  triggeredWhen:
    'a column of a table that existed before is NOT NULL at head without a default, identity or generation, and is new, or was nullable, or had one of those',
  impact: 'until the new version runs everywhere, inserts of the old one fail with 23502',
  remediation: [
    {
      kind: 'sql',
      title: 'Let the database fill it until the deploy is over',
      text: 'ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT ...; -- drop it in a later change',
    },
  ],
  core: false,
  *check(facts) {
    for (const { column, table, isNew, by } of requiredColumns(facts)) {
      const inserting = usages(facts).filter((usage) => insertsInto(usage, table));
      const omitting = inserting.filter(({ names }) =>
        leavesOut(names.insert?.columns ?? null, column, isNew),
      );
      yield onCause(by, column, severityOf(facts, column, inserting, omitting), {
        table,
        column: column.name,
        inserts: insertsInWords(inserting, omitting),
      });
    }
  },
});

interface RequiredColumn {
  readonly column: Column;
  /** Its table, as it was called before. */
  readonly table: string;
  readonly isNew: boolean;
  readonly by: StatementFacts | null;
}

function requiredColumns(facts: Facts): readonly RequiredColumn[] {
  const domains = new Set(
    facts.schema.all('domain').flatMap((domain) => (domain.default === null ? [] : [plainName(domain.name)])),
  );
  const isRequired = (column: Column) =>
    column.notNull &&
    column.default === null &&
    column.identity === null &&
    column.generated === null &&
    !domains.has(plainName(column.type));
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
function leavesOut(listed: readonly string[] | null, { name }: Column, isNew: boolean): boolean {
  return listed === null ? isNew : !listed.includes(name);
}

/** A trigger may fill it; and where all captured inserts do, others hardly leave it out. */
function severityOf(
  { schema }: Facts,
  { table }: Column,
  inserting: readonly Usage[],
  omitting: readonly Usage[],
): Severity {
  const isFilled = schema
    .on(table, 'trigger')
    .some(({ definition, state }) => /\bBEFORE INSERT\b/.test(definition) && state !== 'disabled');
  if (isFilled) return 'low';
  if (omitting.length > 0) return 'high';
  return inserting.length > 0 ? 'low' : 'medium';
}

function insertsInWords(inserting: readonly Usage[], omitting: readonly Usage[]): string {
  if (omitting.length > 0) return `so do captured queries: ${namesOf(omitting)}`;
  return inserting.length > 0 ? 'all captured inserts give it one' : 'no inserts were captured';
}
