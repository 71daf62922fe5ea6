import type { AddedIndex } from '../../model/advice.ts';
import type { IndexObject } from '../../model/schema.ts';
import { unquoted } from '../../sql/identifier.ts';
import type { Facts } from '../facts.ts';
import { onObject } from '../on-object.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'schema/index-without-reader',
  title: 'No captured query uses a new index',
  message:
    'of {queries:count} captured queries, none is planned with {index:code} on {table:code}: it takes {bytes:bytes}, and adds about {perWrite} to the cost of each row that is written there[[, as {writes:count} captured executions do]]',
  triggeredWhen:
    'the change adds an index, and at head, where the planner sees it, the plan of no captured query uses it; indexes that make values unique, back a constraint or serve a foreign key have other uses',
  impact:
    'every insert, and every update that is not in place, enters it; it takes disk, memory and time of vacuum, for nobody',
  remediation: [
    {
      kind: 'advice',
      title: 'Leave it out until a query needs it',
      text: 'If a query does, capture it, so that the index can be planned with. An index can be built at any time without keeping anybody waiting.',
    },
  ],
  core: false,
  *check(facts) {
    for (const added of facts.advice.added) {
      const index = facts.schema.on(added.table, 'index').find(({ name }) => name === added.name);
      if (index === undefined || hasOtherUse(facts, index)) continue;
      const isUsed = added.usedBy.length > 0 || isReadInProduction(facts, added);
      const severity = isUsed ? 'healthy' : facts.severity('schema/index-without-reader', added.bytes);
      yield onObject(facts, index, severity, figuresOf(facts, added));
    }
  },
});

function figuresOf(facts: Facts, { table, name, bytes, writes }: AddedIndex) {
  return {
    queries: facts.plans.length,
    index: name,
    table,
    bytes,
    perWrite: writes.perCall.toFixed(1),
    writes: writes.calls === 0 ? null : writes.calls,
  };
}

/** The statistics file may know it: it was built there by hand, or takes the place of another that is defined alike. */
function isReadInProduction({ activity }: Facts, { name }: AddedIndex): boolean {
  return (activity?.indexes.get(name)?.scans ?? 0) > 0;
}

function hasOtherUse(
  facts: Facts,
  { table, keys, unique, constraint, replicaIdentity }: IndexObject,
): boolean {
  const columns = keys.map(unquoted);
  const servesForeignKey = facts.schema
    .on(table, 'constraint')
    .some(
      ({ references, columns: referencing }) =>
        references !== null &&
        referencing.every((column) => columns.slice(0, referencing.length).includes(column)),
    );
  return unique || constraint !== null || replicaIdentity || servesForeignKey;
}
