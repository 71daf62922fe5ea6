import type { Change, TouchedMigration, VersionRemark } from '../model/change.ts';
import type { MigrationObservation } from '../model/observation.ts';
import type { Query } from '../model/query.ts';
import type { Unchecked } from '../model/review.ts';
import type { Examination } from '../plans/examine.ts';
import { querySubject } from '../rules/on-plan.ts';

/** What of the change itself was not examined: production has run other versions, or the order is not certain. */
export function uncheckedOfChange({ touched, remarks }: Change): readonly Unchecked[] {
  return [...touched.map(touchedReason), ...remarks.map(remarkReason)];
}

function touchedReason(migration: TouchedMigration): Unchecked {
  switch (migration.kind) {
    case 'modified':
      return {
        subject: migration.path,
        reason:
          'it was merged before and is modified here; production has run the earlier version, so the edit was not run',
      };
    case 'renamed':
      return {
        subject: migration.path,
        reason: `it was merged before as ${migration.from} and is renamed here; the earlier version was run in its old place`,
      };
    case 'deleted':
      return {
        subject: migration.path,
        reason:
          'it was merged before and is deleted here; production has run it, so it was run as part of the base',
      };
    default:
      return migration satisfies never;
  }
}

function remarkReason(remark: VersionRemark): Unchecked {
  switch (remark.kind) {
    case 'tie':
      return {
        subject: `version ${remark.version}`,
        reason: `several migrations have it, and were run in the order of their names: ${remark.paths.join(', ')}`,
      };
    case 'gap':
      return {
        subject: remark.path,
        reason: `no migration stands between versions ${remark.after} and ${remark.before}`,
      };
    case 'unversioned':
      return { subject: remark.path, reason: 'its name begins with no version, so it was not run' };
    default:
      return remark satisfies never;
  }
}

/** Statements that were not run, or could not be watched. */
export function uncheckedOfMigrations(
  change: Change,
  observations: readonly MigrationObservation[],
): readonly Unchecked[] {
  const observed = new Set(observations.map(({ file }) => file));
  const skipped = change.added.filter(({ path }) => !observed.has(path));
  return [
    ...observations.flatMap(uncheckedOfMigration),
    ...skipped.map(({ path }) => ({
      subject: path,
      reason: 'it was not run, since an earlier migration fails',
    })),
  ];
}

function uncheckedOfMigration(migration: MigrationObservation): readonly Unchecked[] {
  const { file, statements, notRun, transactionEndedBy } = migration;
  const unwatched = statements.filter(({ locks }) => locks === 'unknown');
  return [
    ...unwatched.map(({ line }) => ({
      subject: `${file}:${line}`,
      reason: 'it runs outside a transaction, where its locks cannot be read after it',
    })),
    ...notRun.map(({ line }) => ({
      subject: `${file}:${line}`,
      reason: 'it was not run, since an earlier statement fails',
    })),
    ...(transactionEndedBy === null
      ? []
      : [
          {
            subject: `${file}:${transactionEndedBy.line}`,
            reason: `${transactionEndedBy.sql} ends the transaction that the migration is run in; what follows was observed statement by statement`,
          },
        ]),
  ];
}

/** Queries that could not be planned at head, unless that is an insight because the base could. */
export function uncheckedOfPlans(
  queries: readonly Query[],
  base: Examination,
  head: Examination,
): readonly Unchecked[] {
  return queries.flatMap((query): readonly Unchecked[] => {
    const { fingerprint } = query;
    const subject = querySubject(query).name;
    const limitMs = head.stopped.get(fingerprint) ?? base.stopped.get(fingerprint);
    if (limitMs !== undefined)
      return [{ subject, reason: `planning it did not end within ${limitMs / 1000} s` }];
    const error = head.refused.get(fingerprint);
    if (error === undefined || base.planned.has(fingerprint)) return [];
    return [{ subject, reason: `PostgreSQL cannot plan it: ${error.message}` }];
  });
}
