import type { ConstraintObject } from '../../model/schema.ts';
import { quoteIdentifier } from '../../sql/identifier.ts';
import { brief, long, type Step } from './form.ts';
import { objectsOf, ofKind, tableNamed } from './objects.ts';
import { alter, type PartWriter, type TableChange } from './table-change.ts';

/** Release that knows foreign keys of partitioned tables that are not validated (release notes of PostgreSQL 18). */
const unvalidatedKeysOfPartitioned = 18;

/** CHECK and foreign key constraints: unchecked at first, which reads no row, and validated in another transaction. */
export const checkedConstraints: PartWriter = (change) => {
  const { table, situation } = change;
  const constraints = ofKind(objectsOf(change.differences, 'created'), 'constraint').filter(
    ({ type }) => type === 'check' || type === 'foreign key',
  );
  const isPartitioned = tableNamed(situation.schema, table)?.kind === 'partitioned table';
  const hasKey = constraints.some(({ type }) => type === 'foreign key');
  if (isPartitioned && hasKey && situation.major < unvalidatedKeysOfPartitioned) return null;
  return {
    steps: constraints.flatMap((constraint) => unvalidated(change, constraint)),
    covers: constraints.map(({ key }) => key),
  };
};

function unvalidated(change: TableChange, constraint: ConstraintObject): readonly Step[] {
  const { name, definition, validated } = constraint;
  const add = (suffix: string) =>
    brief(`add_${name}`, alter(change, `ADD CONSTRAINT ${quoteIdentifier(name)} ${definition}${suffix}`));
  // The definition of one that is not validated says so itself.
  if (!validated) return [add('')];
  return [
    add(' NOT VALID'),
    long(`validate_${name}`, alter(change, `VALIDATE CONSTRAINT ${quoteIdentifier(name)}`)),
  ];
}
