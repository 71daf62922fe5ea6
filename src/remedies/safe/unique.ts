import type { ConstraintObject, IndexObject } from '../../model/schema.ts';
import { quoteIdentifier } from '../../sql/identifier.ts';
import { brief, type Step } from './form.ts';
import { concurrently } from './index-build.ts';
import { objectsOf, ofKind } from './objects.ts';
import { alter, type PartWriter, type TableChange } from './table-change.ts';

/**
 * UNIQUE and PRIMARY KEY: the index is built concurrently and made the constraint's afterwards. An exclusion
 * constraint cannot be made of an index.
 */
export const uniqueConstraints: PartWriter = (change) => {
  const created = objectsOf(change.differences, 'created');
  const constraints = ofKind(created, 'constraint');
  if (constraints.some(({ type }) => type === 'exclusion')) return null;
  const unique = constraints.filter(({ type }) => type === 'unique' || type === 'primary key');
  const pairs = unique.map((constraint) => ({ constraint, index: indexOf(change, constraint) }));
  return {
    steps: pairs.flatMap(({ constraint, index }) => usingIndex(change, constraint, index)),
    covers: pairs.flatMap(({ constraint, index }) =>
      index === null ? [constraint.key] : [constraint.key, index.after.key],
    ),
  };
};

interface BackingIndex {
  /** Its name before the statement, or null where the statement built it. */
  readonly earlier: string | null;
  readonly after: IndexObject;
}

function indexOf({ differences }: TableChange, { name }: ConstraintObject): BackingIndex | null {
  for (const difference of differences) {
    const after = difference.kind === 'altered' ? difference.after : difference.object;
    if (difference.kind === 'dropped' || after.kind !== 'index' || after.constraint !== name) continue;
    const earlier = difference.kind === 'altered' ? difference.before.name : null;
    return { earlier, after };
  }
  return null;
}

function usingIndex(
  change: TableChange,
  constraint: ConstraintObject,
  index: BackingIndex | null,
): readonly Step[] {
  if (index === null) return [];
  const name = quoteIdentifier(constraint.name);
  const type = constraint.type === 'primary key' ? 'PRIMARY KEY' : 'UNIQUE';
  const using =
    index.earlier === null ? name : quoteIdentifier(index.earlier.slice(index.earlier.indexOf('.') + 1));
  const [deferrable = ''] = / DEFERRABLE( INITIALLY DEFERRED)?$/.exec(constraint.definition) ?? [];
  return [
    ...(index.earlier === null ? [concurrently(index.after)] : []),
    brief(
      `add_${constraint.name}`,
      alter(change, `ADD CONSTRAINT ${name} ${type} USING INDEX ${using}${deferrable}`),
    ),
  ];
}
