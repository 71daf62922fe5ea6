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
      return { subject: remark.path, reason: 'no version says when it runs, so it was not run' };
    case 'in code':
      return { subject: remark.path, reason: 'it is written in code, which only its own tool can run' };
    case 'out of order':
      return {
        subject: remark.path,
        reason: `its version ${remark.version} comes before ${remark.last}, which the base has; it was run after it, as in production`,
      };
    case 'baseline':
      return {
        subject: remark.path,
        reason: `it stands for all versions up to ${remark.version}, which production has; it was not run`,
      };
    default:
      return remark satisfies never;
  }
}

/** What a tool sent with rows that are in no log. */
export function uncheckedOfSent(
  incomplete: readonly { readonly path: string; readonly sql: string }[],
): readonly Unchecked[] {
  return incomplete.map(({ path, sql }) => ({
    subject: path,
    reason: `\`${sql}\` was left out: the rows that the tool sent with it are not in the log of the server`,
  }));
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
  const { file, notRun, transactionEndedBy } = migration;
  return [
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
