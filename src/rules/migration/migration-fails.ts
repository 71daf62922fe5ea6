import type { Severity } from '../../model/insight.ts';
import { blocksWrites } from '../../model/observation.ts';
import type { PostgresError } from '../../model/server.ts';
import { refusesTransaction } from '../../model/server.ts';
import type { AdverseFailure } from '../../model/trial.ts';
import type { Facts } from '../facts.ts';
import type { StatementFacts } from '../facts-source.ts';
import { onStatement } from '../on-statement.ts';
import { defineRule, type Finding } from '../rule.ts';

export default defineRule({
  id: 'migration/migration-fails',
  title: 'A migration fails',
  message: 'PostgreSQL {what}: {reason}',
  triggeredWhen:
    'PostgreSQL refuses a statement of the change, or it does not come to an end; or it refuses it on rows that break what it takes for granted, which production may hold',
  impact:
    'the deploy stops here; what the migration did before is rolled back, where its transaction allows it',
  remediation: [
    {
      kind: 'advice',
      title: 'Mend the statement',
      text: 'Run the migrations against an empty database of the same version to see it happen. What follows {this} has not been reviewed.',
      needs: 'this',
    },
    {
      kind: 'sql',
      title: 'Look for the rows that it fails on, at production',
      text: '-- A row for each:\n{preflight:sql};',
      needs: 'preflight',
    },
    {
      kind: 'advice',
      title: 'Mend the rows first',
      text: 'It takes for granted that {assumption}. Where production has other rows, change them in an earlier migration, and keep new ones out.',
      needs: 'assumption',
    },
  ],
  core: false,
  *check(facts) {
    for (const each of facts.statements) yield* failureOf(each);
    for (const failure of facts.change?.trials.adverse ?? [])
      yield onRows(failure, severityOnRows(facts, failure));
  },
});

function* failureOf(each: StatementFacts): Iterable<Finding> {
  const { outcome } = each.statement;
  const figures = { this: 'this statement', preflight: null, assumption: null };
  switch (outcome.kind) {
    case 'done':
      return;
    case 'failed': {
      // Told by migration/not-in-transaction, with its own remedy.
      if (refusesTransaction(outcome.error)) return;
      const { sqlstate, message: reason } = outcome.error;
      yield onStatement(
        each,
        'critical',
        { what: 'refuses this statement', reason, sqlstate, ...figures },
        { line: outcome.line, error: inShort(outcome.error) },
      );
      return;
    }
    case 'stopped':
      yield onStatement(each, 'critical', {
        what: 'does not come to the end of this statement',
        reason: `it was stopped after ${outcome.limitMs / 1000} s, on tables that are almost empty`,
        sqlstate: null,
        ...figures,
      });
      return;
    default:
      outcome satisfies never;
  }
}

/** What goes well in the sandbox, and fails where rows are as they may be at production. */
function onRows(
  { file, statement, line, error, preflight, table, ...assumed }: AdverseFailure,
  severity: Severity,
): Finding {
  return onStatement(
    { file, statement },
    severity,
    {
      what: 'refuses this statement on rows that production may hold',
      reason: error.message,
      sqlstate: error.sqlstate,
      table,
      this: null,
      preflight,
      assumption: inWords({ table, ...assumed }),
    },
    { line, error: inShort(error), about: [assumed.assumption, table ?? '', ...assumed.columns] },
  );
}

/**
 * To check rows while others read and write them is the safe way to find out, and VALIDATE CONSTRAINT and CREATE
 * INDEX CONCURRENTLY lock no more than that: a remark. Which rows they would be is not known where only the bounds of
 * a type are the reason.
 */
function severityOnRows(facts: Facts, { file, statement, preflight }: AdverseFailure): Severity {
  const observed = facts.statements.find(
    (each) =>
      each.file === file && each.statement.line === statement.line && each.statement.sql === statement.sql,
  );
  const locks = observed?.statement.locks ?? [];
  const onlyChecks =
    locks.some(({ mode }) => mode === 'ShareUpdateExclusiveLock') &&
    !locks.some(({ mode }) => blocksWrites(mode));
  if (onlyChecks) return 'low';
  return preflight === null ? 'medium' : 'high';
}

function inShort({
  sqlstate,
  message,
  detail,
  hint,
}: PostgresError): NonNullable<Finding['evidence']['error']> {
  return { sqlstate, message, detail, hint };
}

function inWords({
  assumption,
  table,
  columns,
}: Pick<AdverseFailure, 'assumption' | 'table' | 'columns'>): string {
  const where = `${columns.length === 0 ? '' : `${columns.join(', ')} of `}${table ?? 'its table'}`;
  switch (assumption) {
    case 'no nulls':
      return `no row holds NULL in ${where}`;
    case 'no duplicates':
      return `no two rows hold the same in ${where}`;
    case 'no orphans':
      return `every row that ${where} points at is there`;
    case 'check holds':
      return `every row of ${table ?? 'its table'} meets the check`;
    case 'fits type':
      return `every value in ${where} fits the new type`;
    case 'other':
      return `the rows of ${table ?? 'its table'} are as it expects`;
    default:
      return assumption satisfies never;
  }
}
