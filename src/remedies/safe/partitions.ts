import type { Node } from '../../sql/grammar.ts';
import { quoteIdentifier, quoteQualified, unqualified } from '../../sql/identifier.ts';
import { alone, brief, type Form, long, type Situation, type Step } from './form.ts';
import { objectsOf, tableNamed, tablesOf } from './objects.ts';
import { worked, worksUnderLock } from './observed.ts';

/**
 * ATTACH PARTITION: a validated CHECK that says what the bound says spares PostgreSQL the scan, of the partition and
 * of the default partition (PostgreSQL documentation, "Table Partitioning", Partition Maintenance).
 */
export const attachPartition: Form = (situation) => {
  const { node, observation, schema } = situation;
  if (partitionCommand(node, 'AT_AttachPartition') === null || !worksUnderLock(observation, schema))
    return null;
  const proven = provenBeforehand(situation);
  if (proven === null) return null;
  return {
    title: 'Check the rows before the partition is attached',
    steps: [...proven.before, brief('attach_partition', observation.sql, ...proven.dropped)],
    advice: null,
  };
};

/** CREATE TABLE ... PARTITION OF beside a default partition, which is searched for rows that now belong elsewhere. */
export const newPartition: Form = (situation) => {
  const { node, observation, schema } = situation;
  if (!('CreateStmt' in node) || node.CreateStmt.partbound === undefined) return null;
  if (!worksUnderLock(observation, schema)) return null;
  const [table] = tablesIn(situation);
  const parent = table?.parents[0];
  const proven = provenBeforehand(situation);
  if (table === undefined || parent === undefined || proven === null || table.kind !== 'table') return null;
  const name = quoteQualified(table.name);
  return {
    title: 'Check the rows of the default partition before the new one takes its place',
    steps: [
      ...proven.before,
      brief(
        `attach_${unqualified(table.name)}`,
        `CREATE TABLE ${name} (LIKE ${quoteQualified(parent)} INCLUDING ALL)`,
        `ALTER TABLE ${quoteQualified(parent)} ATTACH PARTITION ${name} ${table.partitionBound}`,
        ...proven.dropped,
      ),
    ],
    advice: null,
  };
};

/** DETACH PARTITION, concurrently, which PostgreSQL refuses where there is a default partition. */
export const detachPartition: Form = (situation) => {
  const { node, observation, schema } = situation;
  const command = partitionCommand(node, 'AT_DetachPartition');
  if (command === null || command.concurrent === true) return null;
  const altered = observation.differences.flatMap((each) => (each.kind === 'altered' ? [each.before] : []));
  const table = tablesOf(schema.values()).find(
    ({ key, partitionBound }) => partitionBound !== null && altered.some((each) => each.key === key),
  );
  const parent = table?.parents[0];
  if (table === undefined || parent === undefined) return null;
  const name = quoteQualified(table.name);
  return {
    title: 'Detach the partition while reads and writes go on',
    steps: [
      alone(
        `detach_${unqualified(table.name)}`,
        `ALTER TABLE ${quoteQualified(parent)} DETACH PARTITION ${name} CONCURRENTLY`,
      ),
      ...withoutLeftOver(situation, table.name, parent),
    ],
    advice: 'If it is interrupted, complete it with ALTER TABLE ... DETACH PARTITION ... FINALIZE.',
  };
};

function partitionCommand(node: Node, subtype: string) {
  if (!('AlterTableStmt' in node)) return null;
  const [command] = node.AlterTableStmt.cmds ?? [];
  if (command === undefined || !('AlterTableCmd' in command) || command.AlterTableCmd.subtype !== subtype) {
    return null;
  }
  const { def } = command.AlterTableCmd;
  return def !== undefined && 'PartitionCmd' in def ? def.PartitionCmd : null;
}

function tablesIn({ observation }: Situation) {
  return tablesOf(objectsOf(observation.differences, 'created'));
}

interface Proof {
  readonly before: readonly Step[];
  /** Statements that drop the checks again. */
  readonly dropped: readonly string[];
}

/** A check for each table that was scanned: of its rows must hold what holds once it is a partition. */
function provenBeforehand({ observation, partitionConstraints }: Situation): Proof | null {
  const tables = [...worked(observation)].toSorted();
  const checks = tables.flatMap((table) => {
    const condition = partitionConstraints.get(table);
    if (condition === undefined) return [];
    const check = quoteIdentifier(`${unqualified(table)}_bound`);
    return [{ table: quoteQualified(table), title: unqualified(table), check, condition }];
  });
  if (checks.length === 0 || checks.length < tables.length) return null;
  return {
    before: [
      ...checks.map(({ table, title, check, condition }) =>
        brief(
          `check_${title}_bound`,
          `ALTER TABLE ${table} ADD CONSTRAINT ${check} CHECK (${condition}) NOT VALID`,
        ),
      ),
      ...checks.map(({ table, title, check }) =>
        long(`validate_${title}_bound`, `ALTER TABLE ${table} VALIDATE CONSTRAINT ${check}`),
      ),
    ],
    dropped: checks.map(({ table, check }) => `ALTER TABLE ${table} DROP CONSTRAINT ${check}`),
  };
}

/** A table that is detached concurrently keeps its bound as a CHECK, called as PostgreSQL calls what has no name. */
function withoutLeftOver({ schema }: Situation, table: string, parent: string): readonly Step[] {
  const key = /^\w+ \(([^(),]+)\)$/.exec(tableNamed(schema, parent)?.partitionKey ?? '')?.[1];
  const words = key === undefined ? [unqualified(table), 'check'] : [unqualified(table), key, 'check'];
  const check = quoteIdentifier(words.join('_'));
  return [
    brief(
      `drop_bound_of_${unqualified(table)}`,
      `ALTER TABLE ${quoteQualified(table)} DROP CONSTRAINT IF EXISTS ${check}`,
    ),
  ];
}
