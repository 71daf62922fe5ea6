import type { Severity } from '../../model/insight.ts';
import { plainName, type SchemaObject } from '../../model/schema.ts';
import { dropTargets } from '../../sql/drop-targets.ts';
import { drops, relationKinds } from '../alterations.ts';
import type { Facts } from '../facts.ts';
import { onCause } from '../on-cause.ts';
import { defineRule } from '../rule.ts';
import type { ObjectOf } from '../schema-facts.ts';

export default defineRule({
  id: 'migration/drops-dependents',
  title: 'More is dropped than the statement names',
  message: 'also drops {count} that it does not name: {objects}',
  triggeredWhen:
    'indexes, constraints, views, functions, triggers, policies or others that existed before vanish with what a statement drops, by CASCADE or because they are partly about a column that goes',
  impact:
    'nobody who reads the migration sees it: guarantees, access rules and whatever reads the views are gone, and plans change with the indexes',
  remediation: [
    {
      kind: 'advice',
      title: 'Name what is to go',
      text: 'Leave CASCADE out and drop each of them by its name, before what they depend on. What is to stay, create again in the same transaction: a view without the column, an index on the columns that are left.',
    },
  ],
  core: false,
  *check(facts) {
    for (const [by, dropped] of Map.groupBy(drops(facts, ...kinds), (drop) => drop.by)) {
      // Without a statement, nothing is named.
      if (by === null) continue;
      const objects = dropped.map(({ object }) => object);
      const dependents = dependentsAmong(objects, dropTargets(by.statement.sql)).filter(
        (object) => !isMadeAnew(facts, object),
      );
      const [first] = dependents;
      if (first === undefined) continue;
      yield onCause(by, first, severityOf(dependents), {
        table: 'table' in first ? first.table : null,
        count: dependents.length === 1 ? 'an object' : `${dependents.length} objects`,
        objects: inWords(dependents),
      });
    }
  },
});

const kinds = [
  ...relationKinds,
  'column',
  'index',
  'constraint',
  'sequence',
  'function',
  'procedure',
  'aggregate',
  'trigger',
  'policy',
  'rule',
  'enum',
  'domain',
  'type',
  'statistics',
] as const;

type Droppable = ObjectOf<(typeof kinds)[number]>;

/** Told by migration/drops-table and migration/drops-column, wherever they are dropped. */
const toldElsewhere: readonly SchemaObject['kind'][] = [
  'table',
  'partitioned table',
  'materialised view',
  'column',
];

function dependentsAmong(
  dropped: readonly Droppable[],
  targets: ReadonlySet<string> | null,
): readonly Droppable[] {
  const relations = new Set(dropped.filter(isRelation).map(({ name }) => name));
  const columns = new Set(
    dropped.flatMap((each) => (each.kind === 'column' ? [`${each.table}.${each.name}`] : [])),
  );
  const constraints = new Set(dropped.flatMap((each) => (each.kind === 'constraint' ? [each.name] : [])));
  // What code drops is not written down: whatever is not part of something larger is meant.
  const isMeant = (object: Droppable) =>
    targets?.has(plainName(object.name)) ??
    (relations.size === 0 && columns.size === 0 ? true : isRelation(object));
  return dropped.filter(
    (object) =>
      !toldElsewhere.includes(object.kind) &&
      !isMeant(object) &&
      !isPartOf(object, relations, columns) &&
      !(object.kind === 'index' && object.constraint !== null && constraints.has(object.constraint)),
  );
}

function isRelation(object: Droppable): boolean {
  return relationKinds.some((kind) => kind === object.kind);
}

/** Whether an object is about nothing else than a relation or columns that go as well. */
function isPartOf(object: Droppable, relations: ReadonlySet<string>, columns: ReadonlySet<string>): boolean {
  if ('table' in object && relations.has(object.table)) return true;
  switch (object.kind) {
    case 'index':
      return [...object.keys, ...object.included].every((key) =>
        columns.has(`${object.table}.${key.replaceAll(/^"|"$/g, '')}`),
      );
    case 'constraint':
      return (
        object.type === 'not null' ||
        (object.columns.length > 0 && object.columns.every((name) => columns.has(`${object.table}.${name}`)))
      );
    case 'sequence':
      return (
        object.ownedBy !== null && (columns.has(object.ownedBy) || relations.has(tableOf(object.ownedBy)))
      );
    case 'statistics': {
      const from = object.definition.replace(/^.* FROM /s, '');
      return [...relations].some((name) => name === from || name.endsWith(`.${from}`));
    }
    default:
      return false;
  }
}

function tableOf(column: string): string {
  return column.slice(0, column.lastIndexOf('.'));
}

function isMadeAnew({ schema }: Facts, dropped: Droppable): boolean {
  const table = 'table' in dropped ? dropped.table : null;
  return schema
    .all(dropped.kind)
    .some((each) => each.name === dropped.name && ('table' in each ? each.table : null) === table);
}

/** What is asked for by name, or decides what is let through, is missed at once. */
function severityOf(dependents: readonly Droppable[]): Severity {
  const missed = ['view', 'function', 'procedure', 'trigger', 'policy', 'rule'];
  if (dependents.some(({ kind }) => missed.includes(kind))) return 'high';
  const isGuarantee = (each: Droppable) =>
    each.kind === 'constraint' || (each.kind === 'index' && each.unique) || each.kind === 'sequence';
  return dependents.some(isGuarantee) ? 'medium' : 'low';
}

/** How many are listed. */
const listed = 10;

function inWords(dependents: readonly Droppable[]): string {
  const words = dependents.slice(0, listed).map((object) => {
    const kind = object.kind === 'index' && object.unique ? 'unique index' : object.kind;
    return `${kind} ${object.name}${'table' in object ? ` of ${object.table}` : ''}`;
  });
  return words.join(', ') + (dependents.length > listed ? ' ...' : '');
}
