import type { DeployEstimate } from '../model/estimate.ts';
import type { Remediation } from '../model/insight.ts';
import type { MigrationObservation } from '../model/observation.ts';
import type { Facts } from '../rules/facts.ts';
import type { Judgement } from '../rules/judge.ts';
import { worstFirst } from '../rules/order.ts';
import type { Finding, Rule } from '../rules/rule.ts';
import { compareSeverity } from '../rules/severity.ts';
import type { Remedy } from './remedies.ts';

/** How findings are put right. */
export type Attached = ReadonlyMap<Finding, readonly Remediation[]>;

/**
 * Tells which findings a remedy puts right, by asking their rules again: about what the rewritten migration was seen
 * to do. One that is found there just as bad is left alone. The worst shows the remedy, the others refer to it.
 *
 * @param estimate how long migrations take at production size
 */
export function attach(
  judgements: readonly Judgement[],
  remedies: readonly Remedy[],
  head: Facts,
  estimate: (migrations: readonly MigrationObservation[]) => DeployEstimate,
): Attached {
  const attached = remedies.flatMap((remedy) => {
    const { file, version } = remedy;
    const observations = apartFrom(head.migrations, remedy.observations);
    const migrations = head.migrations.flatMap((each) =>
      each.file === file && each.version === version ? observations : [each],
    );
    const rewritten = head.withMigrations(migrations, estimate(migrations));
    const files = new Set(observations.map((each) => each.file));
    const [worst, ...others] = judgements
      .filter(({ rule, finding }) => rule.id.startsWith('migration/') && finding.location?.file === file)
      .filter(({ rule, finding }) => isMilder(rule, rewritten, files, finding))
      .toSorted(worstFirst);
    if (worst === undefined) return [];
    return [
      [worst.finding, [remediationOf(remedy)]] as const,
      ...others.map(({ finding }) => [finding, [referenceTo(remedy, worst)]] as const),
    ];
  });
  return new Map(attached);
}

/** Observations of a run of its own, whose transactions have other numbers than those of the change. */
function apartFrom(
  change: readonly MigrationObservation[],
  observations: readonly MigrationObservation[],
): readonly MigrationObservation[] {
  const taken = change.flatMap(({ statements }) => statements.map(({ transaction }) => transaction ?? 0));
  const first = Math.max(0, ...taken) + 1;
  return observations.map((each) => ({
    ...each,
    statements: each.statements.map((statement) => ({
      ...statement,
      transaction: statement.transaction === null ? null : statement.transaction + first,
    })),
  }));
}

function isMilder(rule: Rule, rewritten: Facts, files: ReadonlySet<string>, finding: Finding): boolean {
  const found = [...rule.check(rewritten)].filter(({ location }) => files.has(location?.file ?? ''));
  return found.every(({ severity }) => compareSeverity(severity, finding.severity) < 0);
}

/** The files as one text, each after a line with its path. */
function remediationOf({ file, title, files, advice, effect }: Remedy): Remediation {
  const remarks = [`In place of ${file}.`, ...advice].map((each) => `-- ${each}`).join('\n');
  const texts = files.map(({ path, text }) => `-- ${path}\n${text}`);
  const text = [`${remarks}\n`, ...texts].join('\n');
  const migration = { replaces: file, files, advice };
  return { kind: 'migration', title, text, verified: true, effect, migration };
}

function referenceTo({ title }: Remedy, { rule, finding }: Judgement): Remediation {
  const place = finding.location === null ? `“${rule.title}”` : `line ${finding.location.line}`;
  const text = `What is offered for ${place} puts this right too.`;
  return { kind: 'advice', title, text, verified: true, effect: null, migration: null };
}
