import { plainName } from '../model/schema.ts';
import { alterations, relationKinds } from './alterations.ts';
import type { Facts } from './facts.ts';
import type { StatementFacts } from './facts-source.ts';
import type { ObjectOf } from './schema-facts.ts';
import { namesColumn, namesRelation, type Usage } from './usage.ts';

const namedKinds = [
  ...relationKinds,
  'column',
  'schema',
  'function',
  'procedure',
  'enum',
  'domain',
  'type',
] as const;

/** An object that the change gives another name, while nothing goes by the old one. */
export interface Rename {
  readonly what: (typeof namedKinds)[number] | 'enum value';
  readonly before: ObjectOf<(typeof namedKinds)[number]>;
  readonly from: string;
  readonly to: string;
  readonly by: StatementFacts | null;
  readonly isUsedBy: (usage: Usage) => boolean;
}

export function renamesIn(facts: Facts): readonly Rename[] {
  const renamed = alterations(facts, namedKinds, (before, after) => nameOf(before) !== nameOf(after));
  return [
    ...renamed
      .filter(({ before }) => !isTaken(facts, before))
      .map(
        ({ before, after, by }): Rename => ({
          what: before.kind,
          before,
          from: before.name,
          to: after.name,
          by,
          isUsedBy: (usage) => uses(usage, before),
        }),
      ),
    ...renamedLabels(facts),
  ];
}

/** Other argument types make no other name. */
function nameOf({ name }: Rename['before']): string {
  return name.replace(/\(.*$/, '');
}

/** Whether something that serves the same purpose goes by the old name at head. */
function isTaken({ schema }: Facts, before: Rename['before']): boolean {
  if (before.kind === 'column') {
    // The table may have been renamed with its column.
    return schema.on(before.table, 'column').some(({ name }) => name === before.name);
  }
  const kinds = relationKinds.some((kind) => kind === before.kind) ? relationKinds : [before.kind];
  return schema.all(...kinds).some(({ name }) => name === before.name);
}

function uses(usage: Usage, before: Rename['before']): boolean {
  switch (before.kind) {
    case 'column':
      return namesColumn(usage, before.table, before.name);
    case 'schema':
      return usage.names.relations.some(({ schema }) => schema === before.name);
    case 'function':
    case 'procedure':
      return usage.names.functions.includes(plainName(before.name));
    case 'enum':
    case 'domain':
    case 'type':
      return usage.names.types.includes(plainName(before.name));
    default:
      return namesRelation(usage, before.name);
  }
}

/** ALTER TYPE ... RENAME VALUE keeps the place of the label. */
function renamedLabels(facts: Facts): readonly Rename[] {
  const isRenamed = (before: ObjectOf<'enum'>, after: ObjectOf<'enum'>) =>
    before.labels.some((label) => !after.labels.includes(label));
  return alterations(facts, ['enum'], isRenamed).flatMap(({ before, after, by }) => {
    const gone = before.labels.filter((label) => !after.labels.includes(label));
    const come = after.labels.filter((label) => !before.labels.includes(label));
    return gone.map(
      (label, index): Rename => ({
        what: 'enum value',
        before,
        from: label,
        to: come[index] ?? label,
        by,
        isUsedBy: ({ names }) => names.constants.includes(label),
      }),
    );
  });
}
