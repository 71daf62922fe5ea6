import type { IndexObject, Schema } from '../../model/schema.ts';
import { quoteQualified, unqualified } from '../../sql/identifier.ts';
import { alone, brief, type Form, type Step } from './form.ts';
import { objectsOf, ofKind, tableNamed } from './objects.ts';
import { worksUnderLock } from './observed.ts';

/** What is left where a concurrent build fails (PostgreSQL documentation, CREATE INDEX). */
const invalidLeftOver =
  'A build that fails or is interrupted leaves an invalid index: drop it with DROP INDEX CONCURRENTLY before running the build again, and let no statement_timeout or short lock_timeout be in effect.';

/** CREATE INDEX, concurrently; on a partitioned table, partition by partition. */
export const indexBuild: Form = (situation) => {
  const { node, observation, schema } = situation;
  if (!('IndexStmt' in node) || node.IndexStmt.concurrent === true) return null;
  if (!worksUnderLock(observation, schema)) return null;
  const indexes = ofKind(objectsOf(observation.differences, 'created'), 'index');
  const isSum = ({ table }: IndexObject) => tableNamed(schema, table)?.kind === 'partitioned table';
  return {
    title: 'Build the index while reads and writes go on',
    steps: [
      ...skeleton(indexes.filter(isSum)),
      ...indexes.filter((index) => !isSum(index)).map(concurrently),
      ...attachments(indexes, schema),
    ],
    advice: invalidLeftOver,
  };
};

/** The build of an index that keeps nobody waiting. IF NOT EXISTS would take an invalid index for the new one. */
export function concurrently({ name, definition }: IndexObject): Step {
  const sql = definition.replace(/^CREATE (UNIQUE )?INDEX /, 'CREATE $1INDEX CONCURRENTLY ');
  return alone(`create_${unqualified(name)}`, sql);
}

/**
 * Indexes of partitioned tables, which have no storage: pg_get_indexdef writes them with ON ONLY, so that those of
 * the partitions are not built with them.
 */
function skeleton(sums: readonly IndexObject[]): readonly Step[] {
  const [first] = sums;
  if (first === undefined) return [];
  return [brief(`create_${unqualified(first.name)}`, ...sums.map(({ definition }) => definition))];
}

/** Lowest first: an index becomes valid when all below it are attached. */
function attachments(indexes: readonly IndexObject[], schema: Schema): readonly Step[] {
  const depth = (table: string): number => {
    const parent = tableNamed(schema, table)?.parents[0];
    return parent === undefined ? 0 : 1 + depth(parent);
  };
  const attached = indexes
    .toSorted((a, b) => depth(b.table) - depth(a.table))
    .flatMap((index) => {
      const parents = tableNamed(schema, index.table)?.parents ?? [];
      const above = indexes.find(({ table }) => parents.includes(table));
      return above === undefined ? [] : [{ index, above }];
    });
  const [first] = attached;
  if (first === undefined) return [];
  const statements = attached.map(
    ({ index, above }) =>
      `ALTER INDEX ${quoteQualified(above.name)} ATTACH PARTITION ${quoteQualified(index.name)}`,
  );
  return [brief(`attach_to_${unqualified(first.above.name)}`, ...statements)];
}
