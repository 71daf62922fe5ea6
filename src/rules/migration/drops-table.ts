import type { Severity } from '../../model/insight.ts';
import { drops, type Presence } from '../alterations.ts';
import type { Facts } from '../facts.ts';
import { onCause } from '../on-cause.ts';
import { defineRule } from '../rule.ts';
import { worse } from '../severity.ts';
import { namesRelation, queriesOf, usages, usedBy } from '../usage.ts';

type DroppedTable = Presence<(typeof tableKinds)[number]>;

const tableKinds = ['table', 'partitioned table', 'materialised view'] as const;

export default defineRule({
  id: 'migration/drops-table',
  title: 'A table and its rows are thrown away',
  message: 'drops the {kind} {table:code} with {rows:count} rows{others}; {usage}',
  triggeredWhen:
    'a table, partition or materialised view is gone at head, also with its schema or by CASCADE',
  impact:
    'the rows are lost, and nothing brings them back but a backup; whatever still reads or writes them fails',
  remediation: [
    {
      kind: 'advice',
      title: 'Take it out of use first',
      text: 'Release code that no longer names it. Then revoke all privileges on it, which is undone in a moment, and drop it some days later, with a dump at hand.',
    },
  ],
  core: false,
  *check(facts) {
    const dropped = drops(facts, ...tableKinds).filter((drop) => !isMadeAnew(facts, drop));
    for (const [by, together] of Map.groupBy(dropped, (drop) => drop.by)) {
      const [largest, ...others] = together.toSorted((a, b) => rowsOf(facts, b) - rowsOf(facts, a));
      if (largest === undefined) continue;
      const { kind, name } = largest.object;
      const using = usages(facts).filter((usage) =>
        together.some(({ object }) => namesRelation(usage, object.name)),
      );
      const severity = severityOf(facts, largest);
      yield onCause(
        by,
        largest.object,
        using.length > 0 ? worse(severity) : severity,
        {
          table: name,
          kind,
          rows: rowsOf(facts, largest),
          others:
            others.length === 0 ? '' : ` and with it ${others.map(({ object }) => object.name).join(', ')}`,
          usage: usedBy(facts, using),
        },
        queriesOf(using),
      );
    }
  },
});

/** What a materialised view holds can be worked out again. */
function isMadeAnew({ schema }: Facts, { object }: DroppedTable): boolean {
  return (
    object.kind === 'materialised view' &&
    schema.all('materialised view', 'view', 'table').some(({ name }) => name === object.name)
  );
}

function severityOf(facts: Facts, { object, ...rest }: DroppedTable): Severity {
  if (object.kind === 'materialised view') return 'low';
  return facts.severity('migration/drops-table', rowsOf(facts, { object, ...rest }));
}

function rowsOf(facts: Facts, { object }: DroppedTable): number {
  return facts.table(object.name)?.rows ?? 0;
}
