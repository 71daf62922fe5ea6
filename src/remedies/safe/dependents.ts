import type { ConstraintObject, IndexObject } from '../../model/schema.ts';
import { quoteIdentifier, quoteQualified, unqualified } from '../../sql/identifier.ts';
import { renameColumn } from '../../sql/rename-column.ts';
import { brief, long, type Step } from './form.ts';
import { concurrently } from './index-build.ts';
import { ofKind, schemaAfter } from './objects.ts';
import { alter, type TableChange } from './table-change.ts';

/** What a column's place is taken with: the same indexes and constraints on another column. */
interface Dependents {
  /** Makes them under other names. */
  readonly build: readonly Step[];
  /** Gives them the names of those that went with the old column. */
  readonly rename: readonly string[];
}

/**
 * Indexes and constraints of a column, for another one. Null where other tables refer to the column, or an exclusion
 * constraint holds it.
 */
export function dependentsOf(change: TableChange, column: string, other: string): Dependents | null {
  const { situation, table } = change;
  const after = schemaAfter(situation.schema, situation.observation.differences);
  const constraints = ofKind(after.values(), 'constraint');
  if (
    constraints.some(({ references }) => references?.table === table && references.columns.includes(column))
  ) {
    return null;
  }
  const own = constraints.filter((each) => each.table === table && each.columns.includes(column));
  if (own.some(({ type }) => type === 'exclusion')) return null;
  const checked = own.filter(({ type }) => type === 'check' || type === 'foreign key');
  const unique = new Map(own.map((constraint) => [constraint.name, constraint]));
  const indexes = ofKind(after.values(), 'index').filter((index) => index.table === table);
  const built = indexes.flatMap((index) => {
    const definition = onColumn(index, column, other);
    return definition === index.definition ? [] : [{ index, definition }];
  });
  return {
    build: [
      ...built.map(({ index, definition }) =>
        concurrently({ ...index, name: `${index.name}_new`, definition: withName(index, definition) }),
      ),
      ...checked.flatMap((constraint) => unvalidated(change, constraint, column, other)),
    ],
    rename: [
      ...built.map(({ index }) => takeName(change, index, unique.get(index.constraint ?? '') ?? null)),
      ...checked.map(({ name }) =>
        alter(change, `RENAME CONSTRAINT ${quoteIdentifier(`${name}_new`)} TO ${quoteIdentifier(name)}`),
      ),
    ],
  };
}

/** The columns of an index stand behind its access method. */
function onColumn({ definition }: IndexObject, column: string, other: string): string {
  const from = definition.indexOf(' USING ');
  return renameColumn(definition, column, other, { from, to: definition.length });
}

function withName({ name }: IndexObject, definition: string): string {
  const written = quoteIdentifier(unqualified(name));
  return definition.replace(
    `INDEX ${written} ON`,
    () => `INDEX ${quoteIdentifier(`${unqualified(name)}_new`)} ON`,
  );
}

function takeName(change: TableChange, index: IndexObject, constraint: ConstraintObject | null): string {
  const name = unqualified(index.name);
  if (constraint === null) {
    return `ALTER INDEX ${quoteQualified(`${index.name}_new`)} RENAME TO ${quoteIdentifier(name)}`;
  }
  const type = constraint.type === 'primary key' ? 'PRIMARY KEY' : 'UNIQUE';
  const [deferrable = ''] = / DEFERRABLE( INITIALLY DEFERRED)?$/.exec(constraint.definition) ?? [];
  return alter(
    change,
    `ADD CONSTRAINT ${quoteIdentifier(constraint.name)} ${type} USING INDEX ${quoteIdentifier(`${name}_new`)}${deferrable}`,
  );
}

function unvalidated(
  change: TableChange,
  { name, definition, validated }: ConstraintObject,
  column: string,
  other: string,
): readonly Step[] {
  const constraint = quoteIdentifier(`${name}_new`);
  const references = definition.indexOf(' REFERENCES ');
  const to = references === -1 ? definition.length : references;
  const renamed = renameColumn(definition, column, other, { from: 0, to });
  if (!validated) return [brief(`add_${name}_new`, alter(change, `ADD CONSTRAINT ${constraint} ${renamed}`))];
  return [
    brief(`add_${name}_new`, alter(change, `ADD CONSTRAINT ${constraint} ${renamed} NOT VALID`)),
    long(`validate_${name}_new`, alter(change, `VALIDATE CONSTRAINT ${constraint}`)),
  ];
}
