import type { Severity } from '../../model/insight.ts';
import type { SchemaObject, TableObject } from '../../model/schema.ts';
import { lastDrop, onObject } from '../on-object.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'schema/partitioning',
  title: 'Rows find no partition of their own',
  message: '{table:code} {flaw}: {consequence}',
  triggeredWhen:
    'a partitioned table has no partition, none but the default one, or lacks some of the remainders of a hash',
  impact: 'inserts fail with 23514, or all rows gather in one partition that grows harder to divide',
  remediation: [
    {
      kind: 'advice',
      title: 'Create the partitions before the rows come',
      text: 'Make those of the time ahead in the same migration, and let a job make the next ones in time. Of a hash, create all remainders at once.',
    },
  ],
  core: false,
  *check(facts) {
    const tables = facts.schema.all('table', 'partitioned table', 'foreign table');
    for (const table of facts.schema.all('partitioned table')) {
      const bounds = tables.flatMap(({ parents, partitionBound }) =>
        parents.includes(table.name) && partitionBound !== null ? [partitionBound] : [],
      );
      const flaw = flawOf(bounds);
      if (flaw === null) continue;
      const cause = lastDrop(facts, (object) => isPartitionOf(object, table));
      const { severity, ...figures } = flaw;
      yield onObject(facts, table, severity, { table: table.name, ...figures }, { cause });
    }
  },
});

interface Flaw {
  readonly severity: Severity;
  readonly flaw: string;
  readonly consequence: string;
}

function flawOf(bounds: readonly string[]): Flaw | null {
  if (bounds.length === 0) {
    return {
      severity: 'medium',
      flaw: 'is partitioned and has no partition',
      consequence: 'every insert fails',
    };
  }
  if (bounds.every((bound) => bound === 'DEFAULT')) {
    return {
      severity: 'low',
      flaw: 'has no partition but the default one',
      consequence: 'each one that is attached later reads all rows that are there by then',
    };
  }
  const share = bounds.reduce((sum, bound) => sum + 1 / modulusOf(bound), 0);
  if (share > 1 - 1e-9) return null;
  return {
    severity: 'high',
    flaw: `lacks remainders of its hash, which ${bounds.length} partitions do not cover`,
    consequence: 'an insert fails whenever its key falls on one of them',
  };
}

/** `FOR VALUES WITH (modulus 4, remainder 0)` takes a fourth of the rows. Other bounds count as all of them. */
function modulusOf(bound: string): number {
  return Number(/^FOR VALUES WITH \(modulus (\d+),/.exec(bound)?.[1] ?? 1);
}

function isPartitionOf(object: SchemaObject, { name }: TableObject): boolean {
  return 'parents' in object && object.parents.includes(name);
}
