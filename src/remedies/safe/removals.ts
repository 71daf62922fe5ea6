import { quoteIdentifier } from '../../sql/identifier.ts';
import { brief } from './form.ts';
import { objectsOf, ofKind } from './objects.ts';
import { alter, type PartWriter } from './table-change.ts';

/** Columns and constraints that are dropped, with what goes with them. */
export const removals: PartWriter = (change) => {
  const dropped = objectsOf(change.differences, 'dropped');
  const columns = ofKind(dropped, 'column');
  const lost = new Set(columns.map(({ name }) => name));
  const constraints = ofKind(dropped, 'constraint').filter(({ type }) => type !== 'not null');
  const explicit = constraints.filter((each) => !each.columns.some((column) => lost.has(column)));
  const names = new Set(constraints.map(({ name }) => name));
  const indexes = ofKind(dropped, 'index').filter(
    ({ constraint, keys }) =>
      (constraint !== null && names.has(constraint)) || keys.some((key) => lost.has(key)),
  );
  const statements = [
    ...explicit.map(({ name }) => alter(change, `DROP CONSTRAINT ${quoteIdentifier(name)}`)),
    ...columns.map(({ name }) => alter(change, `DROP COLUMN ${quoteIdentifier(name)}`)),
  ];
  return {
    steps: statements.length === 0 ? [] : [brief('drop', ...statements)],
    covers: [...columns, ...constraints, ...indexes].map(({ key }) => key),
  };
};
