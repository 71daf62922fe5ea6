import { quoteIdentifier } from '../../sql/identifier.ts';
import { brief, long, type Step } from './form.ts';
import {
  alter,
  nameFor,
  onlyNullabilityAndDefault,
  type PartWriter,
  type TableChange,
} from './table-change.ts';

/**
 * SET NOT NULL, proven beforehand: a validated CHECK spares it the scan (PostgreSQL documentation, ALTER TABLE, SET
 * NOT NULL), and validating keeps nobody waiting.
 */
export function setNotNull(change: TableChange, column: string): readonly Step[] {
  // Not `_not_null`: PostgreSQL 18 gives that name to the constraint that SET NOT NULL makes.
  const check = quoteIdentifier(nameFor(change, column, 'present'));
  const name = quoteIdentifier(column);
  return [
    brief(
      `check_${column}_present`,
      alter(change, `ADD CONSTRAINT ${check} CHECK (${name} IS NOT NULL) NOT VALID`),
    ),
    long(`validate_${column}_present`, alter(change, `VALIDATE CONSTRAINT ${check}`)),
    brief(
      `set_${column}_not_null`,
      alter(change, `ALTER COLUMN ${name} SET NOT NULL`),
      alter(change, `DROP CONSTRAINT ${check}`),
    ),
  ];
}

/** Columns that were nullable, whose values a primary key or SET NOT NULL requires. */
export const nullability: PartWriter = (change) => {
  const columns = change.differences.flatMap((difference) => {
    const altered = onlyNullabilityAndDefault(difference);
    return altered !== null && !altered.before.notNull && altered.after.notNull ? [altered.after] : [];
  });
  return {
    steps: columns.flatMap(({ name }) => setNotNull(change, name)),
    covers: columns.map(({ key }) => key),
  };
};
