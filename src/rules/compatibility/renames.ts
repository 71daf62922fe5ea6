import { relationKinds } from '../alterations.ts';
import { onCause } from '../on-cause.ts';
import { renamesIn } from '../renamed.ts';
import { defineRule } from '../rule.ts';
import { queriesOf, usages, usedBy } from '../usage.ts';

export default defineRule({
  id: 'compatibility/renames',
  title: 'Something gets another name',
  message: 'renames {what} {from:code} to {to:code}, while the running version uses the old name; {usage}',
  triggeredWhen:
    'a table, view, column, schema, function, type or enum value that existed before has another name or schema afterwards, and nothing goes by the old one',
  impact:
    'between the migration and the end of the deploy, and after a rollback of the code, the old name is asked for and is not there; `compatibility/breaks-query` shows each captured query that fails',
  remediation: [
    {
      kind: 'advice',
      title: 'Keep both columns for a while',
      text: '1. Add {to:code} beside {from:code}, keep both in step with a trigger, and fill it in batches. 2. Move the code over, and release it. 3. Drop the trigger and {from:code} in a later change.',
      needs: 'column',
    },
    {
      kind: 'advice',
      title: 'Keep the old name as a view',
      text: '1. Rename {from:code} and create a view of that name over {to:code} in the same transaction: reads and writes go through it. 2. Move the code over, and release it. 3. Drop the view in a later change.',
      needs: 'relation',
    },
    {
      kind: 'advice',
      title: 'Keep both names for a while',
      text: '1. Create it under the new name beside the old one. 2. Move the code over, and release it. 3. Drop the old one in a later change.',
      needs: 'other',
    },
  ],
  core: false,
  *check(facts) {
    const renames = renamesIn(facts);
    for (const { what, before, from, to, by, isUsedBy } of renames) {
      // A schema takes everything in it along.
      if (
        what !== 'schema' &&
        by !== null &&
        renames.some((other) => other.what === 'schema' && other.by === by)
      )
        continue;
      const using = usages(facts).filter(isUsedBy);
      yield onCause(
        by,
        before,
        using.length > 0 ? 'high' : 'medium',
        {
          what: `the ${what}`,
          from,
          to,
          column: what === 'column' ? from : null,
          relation: isRelation(what) ? from : null,
          other: what === 'column' || isRelation(what) ? null : from,
          table: 'table' in before ? before.table : before.name,
          usage: usedBy(facts, using),
        },
        queriesOf(using),
      );
    }
  },
});

function isRelation(what: string): boolean {
  return relationKinds.some((kind) => kind === what);
}
