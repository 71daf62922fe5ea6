import type { SchemaDifference, SchemaObject } from '../../model/schema.ts';
import type { Reversal } from '../../model/trial.ts';
import type { Facts } from '../facts.ts';
import { onMigration } from '../on-migration.ts';
import { onStatement } from '../on-statement.ts';
import { defineRule, type Finding } from '../rule.ts';

export default defineRule({
  id: 'migration/irreversible',
  title: 'A migration does not lead back',
  message: '{what}: {outcome}',
  triggeredWhen:
    'the down half of a migration fails, or leaves another schema than there was before, or the migration fails when it is run again after it; or there is none where other migrations have one (a remark)',
  impact:
    'when the deploy has to be taken back, the rollback stops half-way, or the next attempt meets a schema that it does not expect',
  remediation: [
    {
      kind: 'advice',
      title: 'Undo it step by step, last first',
      text: 'Let the down half undo each statement in reverse order. It was run against an empty database: up, down, up again. What cannot be undone, such as a dropped column, is better done in a later change of its own.',
    },
  ],
  core: false,
  *check(facts) {
    for (const reversal of facts.change?.trials.reversals ?? []) yield* findingsOf(facts, reversal);
  },
});

function* findingsOf(facts: Facts, { file, down, outcome }: Reversal): Iterable<Finding> {
  switch (outcome.kind) {
    case 'restored':
      return;
    case 'missing':
      if (!areReversible(facts)) return;
      yield onMigration(file, 'low', {
        what: 'has no down half',
        outcome: 'other migrations of this folder have one',
      });
      return;
    case 'differs':
      yield onMigration(down ?? file, 'medium', {
        what: 'does not lead back to the schema that was there before',
        outcome: inWords(outcome.differences),
      });
      return;
    case 'failed': {
      const { statement, error, during } = outcome;
      const { sqlstate, message, detail, hint } = error;
      const figures = {
        what: during === 'down' ? 'fails on the way back' : 'fails when it is run again after the way back',
        outcome: message,
      };
      const place = { file: during === 'down' ? (down ?? file) : file, statement };
      yield onStatement(place, 'medium', figures, { error: { sqlstate, message, detail, hint } });
      return;
    }
    default:
      outcome satisfies never;
  }
}

/** Whether this is a folder in which migrations have down halves. */
function areReversible({ change }: Facts): boolean {
  const migrations = [...(change?.change.base ?? []), ...(change?.change.added ?? [])];
  return migrations.some(({ down }) => down !== null);
}

/** How many differences are listed. */
const listed = 5;

function inWords(differences: readonly SchemaDifference[]): string {
  const words = differences.slice(0, listed).map((difference) => {
    switch (difference.kind) {
      case 'created':
        return `${named(difference.object)} is left over`;
      case 'dropped':
        return `${named(difference.object)} does not come back`;
      case 'altered':
        return `${named(difference.before)} is another one`;
      default:
        return difference satisfies never;
    }
  });
  return words.join(', ') + (differences.length > listed ? ` and ${differences.length - listed} more` : '');
}

function named(object: SchemaObject): string {
  return `${object.kind} ${object.name}${'table' in object ? ` of ${object.table}` : ''}`;
}
