import { onObject } from '../on-object.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'schema/index-type',
  title: 'Another type of index would do more',
  message: '{index:code} on {table:code} {type}: {instead}',
  triggeredWhen: 'an index is a hash index, or a GIN index on jsonb with the default operator class',
  impact: 'the index is larger than it needs to be, or serves fewer queries than it could',
  remediation: [
    {
      kind: 'advice',
      title: 'Compare the two on your data',
      text: 'Build the other index concurrently, see which the queries use and how large it is, and drop the one that is not needed.',
    },
  ],
  core: false,
  default: 'off',
  *check(facts) {
    for (const table of facts.schema.tables) {
      for (const object of facts.schema.on(table.name, 'index')) {
        const index = facts.table(table.name)?.indexes.find(({ name }) => object.name.endsWith(`.${name}`));
        const isWholeJson = index?.keys.some(({ operatorClass }) => operatorClass === 'jsonb_ops') ?? false;
        const figures = { index: object.name, table: table.name };
        if (object.method === 'hash') {
          yield onObject(facts, object, 'low', {
            ...figures,
            type: 'is a hash index',
            instead: 'a btree also sorts, finds ranges and can be unique',
          });
        } else if (isWholeJson) {
          yield onObject(facts, object, 'low', {
            ...figures,
            type: 'holds all keys and values apart (jsonb_ops)',
            instead:
              'for @> alone, jsonb_path_ops is smaller and faster, and for one key an index on it is enough',
          });
        }
      }
    }
  },
});
