import { creations, drops } from '../alterations.ts';
import { onObject } from '../on-object.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'schema/enum-change',
  title: 'An enum loses labels, or comes to stay',
  message: '{type:code} {change}: {consequence}',
  triggeredWhen:
    'the change puts an enum with fewer labels in the place of another one, or creates an enum; adding labels is fine',
  impact:
    'code that is still running and uses the label is refused with 22P02; no label can ever be dropped from a type',
  remediation: [
    {
      kind: 'advice',
      title: 'Move over, and stop using',
      text: 'Update the rows in batches and deploy code that no longer uses the label; it does no harm if it stays in the type. What is going to change is better kept in a table that is referenced, or in text with a CHECK.',
    },
  ],
  core: false,
  *check(facts) {
    const dropped = drops(facts, 'enum');
    for (const { object: type } of creations(facts, 'enum')) {
      const former = dropped.find(({ object }) => object.name === type.name)?.object ?? null;
      const gone = (former?.labels ?? []).filter((label) => !type.labels.includes(label));
      if (former !== null && gone.length > 0) {
        yield onObject(facts, type, 'high', {
          type: type.name,
          change: `no longer has ${gone.map((label) => `'${label}'`).join(', ')}`,
          consequence: 'code that is still running fails as soon as it uses that',
        });
      } else if (former === null) {
        yield onObject(facts, type, 'low', {
          type: type.name,
          change: 'is a new enum',
          consequence: 'labels can be added to it, but never be dropped',
        });
      }
    }
  },
});
