import { quoteIdentifier } from '../../sql/identifier.ts';
import { brief } from './form.ts';
import { alter, onlyNullabilityAndDefault, type PartWriter } from './table-change.ts';

/** Defaults that are set or dropped, and columns that may be null from now on: the catalogue alone changes. */
export const columnSettings: PartWriter = (change) => {
  const columns = change.differences.flatMap((difference) => onlyNullabilityAndDefault(difference) ?? []);
  const statements = columns.flatMap(({ before, after }) => {
    const column = `ALTER COLUMN ${quoteIdentifier(after.name)}`;
    const value =
      after.default === null ? `${column} DROP DEFAULT` : `${column} SET DEFAULT ${after.default}`;
    return [
      ...(before.default === after.default ? [] : [alter(change, value)]),
      ...(before.notNull && !after.notNull ? [alter(change, `${column} DROP NOT NULL`)] : []),
    ];
  });
  return {
    steps: statements.length === 0 ? [] : [brief('alter_columns', ...statements)],
    covers: columns
      .filter(({ before, after }) => before.notNull || !after.notNull)
      .map(({ after }) => after.key),
  };
};
