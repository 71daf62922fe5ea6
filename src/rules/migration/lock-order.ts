import { blocksWrites } from '../../model/observation.ts';
import type { StatementFacts } from '../facts-source.ts';
import { onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';
import { byTransaction } from '../transactions.ts';

export default defineRule({
  id: 'migration/lock-order',
  title: 'Two transactions of the change lock the same tables in another order',
  message:
    'locks {second:code} after {first:code}; another transaction of this change locks them the other way round',
  triggeredWhen:
    'two transactions of the change each lock the same two tables that existed before, in modes that keep others from writing, and in opposite order',
  impact:
    'run side by side, or again after a failure, each can wait for the other: PostgreSQL ends one of them with a deadlock',
  remediation: [
    {
      kind: 'advice',
      title: 'One order everywhere',
      text: 'Lock tables in one order, in migrations as in the application; referenced tables before those that reference them.',
    },
  ],
  core: false,
  *check(facts) {
    const orders = byTransaction(facts.statements).map(lockOrder);
    for (const [index, later] of orders.entries()) {
      const pair = orders.slice(0, index).flatMap((earlier) => oppositeOf(earlier, later))[0];
      if (pair !== undefined) {
        yield onStatement(pair.each, 'medium', { first: pair.first, second: pair.second });
      }
    }
  },
});

interface Locked {
  readonly table: string;
  readonly each: StatementFacts;
}

/** Tables in the order in which a transaction first locks them. */
function lockOrder(statements: readonly StatementFacts[]): readonly Locked[] {
  const locked = statements.flatMap((each) =>
    each.statement.takes
      .filter(({ mode }) => blocksWrites(mode))
      .map(({ relation }): Locked => ({ table: relation, each })),
  );
  return locked.filter(({ table }, index) => locked.findIndex((each) => each.table === table) === index);
}

/** Pairs of tables that two transactions lock in opposite order. One statement's locks have no order. */
function oppositeOf(earlier: readonly Locked[], later: readonly Locked[]) {
  const positions = new Map(
    earlier.map(({ table, each }) => [table, earlier.findIndex((x) => x.each === each)]),
  );
  return later.flatMap((second, index) =>
    later.slice(0, index).flatMap((first) => {
      const before = positions.get(second.table);
      const after = positions.get(first.table);
      const isOpposite = before !== undefined && after !== undefined && before < after;
      return isOpposite && first.each !== second.each
        ? [{ each: second.each, first: first.table, second: second.table }]
        : [];
    }),
  );
}
