import { quoteIdentifier } from '../../sql/identifier.ts';
import { alone, type Form } from './form.ts';
import { worksUnderLock } from './observed.ts';

const kinds: ReadonlyMap<string | undefined, string> = new Map([
  ['REINDEX_OBJECT_INDEX', 'INDEX'],
  ['REINDEX_OBJECT_TABLE', 'TABLE'],
]);

/** REINDEX of an index or a table, concurrently. */
export const reindex: Form = ({ node, observation, schema }) => {
  if (!('ReindexStmt' in node)) return null;
  const { kind, relation, params } = node.ReindexStmt;
  const word = kinds.get(kind);
  // With options in parentheses, CONCURRENTLY may be among them.
  if (word === undefined || relation?.relname === undefined || params !== undefined) return null;
  if (!worksUnderLock(observation, schema)) return null;
  const name = [relation.schemaname, relation.relname].filter((part) => part !== undefined);
  return {
    title: 'Build the indexes anew while reads and writes go on',
    steps: [
      alone(
        `reindex_${relation.relname}`,
        `REINDEX ${word} CONCURRENTLY ${name.map(quoteIdentifier).join('.')}`,
      ),
    ],
    advice:
      'A build that fails leaves an invalid index whose name ends in _ccnew: drop it with DROP INDEX CONCURRENTLY.',
  };
};
