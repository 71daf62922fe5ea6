import { quoteIdentifier, unqualified } from '../../sql/identifier.ts';
import { type Form, long } from './form.ts';
import { ofKind } from './objects.ts';
import { worksUnderLock } from './observed.ts';

/**
 * REFRESH MATERIALIZED VIEW, concurrently, which needs a unique index that covers all rows by columns (PostgreSQL
 * documentation, REFRESH MATERIALIZED VIEW).
 */
export const refresh: Form = ({ node, observation, schema }) => {
  if (!('RefreshMatViewStmt' in node)) return null;
  const { concurrent, skipData, relation } = node.RefreshMatViewStmt;
  if (concurrent === true || skipData === true || relation?.relname === undefined) return null;
  if (!worksUnderLock(observation, schema)) return null;
  const named = relation.relname;
  const unique = ofKind(schema.values(), 'index').some(
    (index) => unqualified(index.table) === named && index.unique && index.predicate === null,
  );
  if (!unique) return null;
  const name = [relation.schemaname, named].filter((part) => part !== undefined);
  return {
    title: 'Refresh the view while it is read',
    steps: [
      long(
        `refresh_${named}`,
        `REFRESH MATERIALIZED VIEW CONCURRENTLY ${name.map(quoteIdentifier).join('.')}`,
      ),
    ],
    advice: null,
  };
};
