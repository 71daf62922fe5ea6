import type { Change } from '../model/change.ts';
import type { MigrationObservation } from '../model/observation.ts';
import type { Query } from '../model/query.ts';
import { namesRule, type Suppression } from '../model/suppression.ts';
import type { Judgement } from './judge.ts';
import { nearest } from './nearest.ts';
import type { Rule } from './rule.ts';
import type { SuppressionFacts, SuppressionOutcome } from './suppression-facts.ts';
import { covers, hasEnded, isFile, isQuery, type QueriesByFingerprint } from './suppression-scope.ts';

/** What was looked at, and with which rules. */
export interface Reviewed {
  readonly change: Change;
  readonly migrations: readonly MigrationObservation[];
  readonly queries: QueriesByFingerprint;
  /** Fingerprints of the queries that were planned at head. */
  readonly planned: ReadonlySet<string>;
  /** All rules there are. */
  readonly known: readonly Rule[];
  /** Those that were checked. */
  readonly active: readonly Rule[];
  /** As `2026-12-31`. */
  readonly today: string;
}

/** What came of the suppressions that the change brings or concerns. What nobody touched is left in peace. */
export function outcomesOf(
  suppressions: readonly Suppression[],
  judgements: readonly Judgement[],
  reviewed: Reviewed,
): readonly SuppressionFacts[] {
  const found = judgements.filter(({ finding }) => finding.severity !== 'healthy');
  return suppressions
    .filter((suppression) => isOfChange(suppression, reviewed.change))
    .map((suppression) => ({ suppression, outcome: outcomeOf(suppression, found, reviewed) }));
}

/** An entry of the ignore list concerns the change wherever it is meant for it. */
function isOfChange({ scope, location: { file } }: Suppression, { added, changedLines }: Change): boolean {
  return scope.kind === 'matching' || changedLines.has(file) || added.some(({ path }) => path === file);
}

function outcomeOf(
  suppression: Suppression,
  found: readonly Judgement[],
  reviewed: Reviewed,
): SuppressionOutcome {
  const { known, active, queries, today } = reviewed;
  const { rule, scope } = suppression;
  if (!known.some(({ id }) => namesRule(rule, id))) {
    const ids = known.map(({ id }) => id);
    return { kind: 'unknown rule', nearest: nearest(rule, ids) };
  }
  const covered = found.filter((judgement) => covers(suppression, judgement, queries));
  if (scope.kind === 'matching' && scope.until !== null && hasEnded(suppression, today)) {
    const isFound = covered.some(({ origin }) => origin === 'introduced');
    return isFound ? { kind: 'ended', until: scope.until } : { kind: 'not checked' };
  }
  if (covered.length > 0) return { kind: 'used' };
  const wasChecked = active.some(({ id }) => namesRule(rule, id)) && wasLookedAt(suppression, reviewed);
  return { kind: wasChecked ? 'unused' : 'not checked' };
}

/** Whether all that a suppression is meant for ran to its end, or was planned. */
function wasLookedAt({ scope, location }: Suppression, reviewed: Reviewed): boolean {
  const { change, migrations, queries, planned } = reviewed;
  const all = [...queries.values()];
  switch (scope.kind) {
    case 'nothing':
      return true;
    case 'statement':
      return (
        ranAll(migrations, ({ file }) => file === scope.file, scope.line) ||
        plannedAll(queriesAt(all, scope.file, scope.line), planned)
      );
    case 'file':
      return (
        ranAll(migrations, ({ file }) => file === scope.file, null) ||
        plannedAll(queriesAt(all, scope.file, null), planned)
      );
    case 'matching': {
      const { path, query: name } = scope;
      // Queries are reviewed again and again: they concern whoever changes the list.
      if (name !== null) {
        const named = all.filter((query) => isQuery(name, query));
        return change.changedLines.has(location.file) && plannedAll(named, planned);
      }
      // An entry for any file is a policy, which nothing may come under for a long time.
      return path !== null && ranAll(migrations, ({ file }) => isFile(path, file), null);
    }
    default:
      return scope satisfies never;
  }
}

/** @param line that of the only statement that counts, or null for all */
function ranAll(
  migrations: readonly MigrationObservation[],
  isMeant: (migration: MigrationObservation) => boolean,
  line: number | null,
): boolean {
  const statements = migrations
    .filter(isMeant)
    .flatMap((migration) => [
      ...migration.statements.map((each) => ({ line: each.line, isDone: each.outcome.kind === 'done' })),
      ...migration.notRun.map((each) => ({ line: each.line, isDone: false })),
    ]);
  const meant = statements.filter((each) => line === null || each.line === line);
  return meant.length > 0 && meant.every(({ isDone }) => isDone);
}

function queriesAt(queries: readonly Query[], file: string, line: number | null): readonly Query[] {
  return queries.filter(({ origins }) =>
    origins.some((origin) => origin.file === file && (line === null || origin.line === line)),
  );
}

function plannedAll(queries: readonly Query[], planned: ReadonlySet<string>): boolean {
  return queries.length > 0 && queries.every(({ fingerprint }) => planned.has(fingerprint));
}
