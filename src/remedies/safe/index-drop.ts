import type { IndexObject } from '../../model/schema.ts';
import { quoteQualified, unqualified } from '../../sql/identifier.ts';
import { alone, type Form, type Step } from './form.ts';
import { objectsOf, ofKind } from './objects.ts';
import { keepsWaiting } from './observed.ts';

/** DROP INDEX, concurrently: it waits for the queries that use the index, and nobody waits for it. */
export const indexDrop: Form = ({ node, observation, schema }) => {
  if (!('DropStmt' in node) || node.DropStmt.removeType !== 'OBJECT_INDEX') return null;
  if (node.DropStmt.concurrent === true) return null;
  if (!observation.locks.some(({ relation, mode }) => keepsWaiting(schema, relation, mode))) return null;
  const indexes = ofKind(objectsOf(observation.differences, 'dropped'), 'index');
  return {
    title: 'Drop the index while reads and writes go on',
    steps: indexes.map(dropConcurrently),
    advice: null,
  };
};

export function dropConcurrently({ name }: IndexObject): Step {
  return alone(`drop_${unqualified(name)}`, `DROP INDEX CONCURRENTLY ${quoteQualified(name)}`);
}
