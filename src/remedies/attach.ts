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

/** A remedy, and the facts of the change with it. */
export interface TriedRemedy {
  readonly remedy: Remedy;
  /** What the remedy was seen to do, its transactions numbered apart from those of the change. */
  readonly observations: readonly MigrationObservation[];
  readonly rewritten: Facts;
}

/** All migrations of the change as they were observed, with the remedy's in the place of those that it replaces. */
export function withRemedy(
  change: readonly MigrationObservation[],
  { replaces, observations }: Remedy,
): Pick<TriedRemedy, 'observations'> & { readonly all: readonly MigrationObservation[] } {
  const apart = apartFrom(change, observations);
  const [first] = replaces;
  const isReplaced = ({ file, version }: MigrationObservation) =>
    replaces.some((each) => each.path === file && each.version === version);
  const all = change.flatMap((each) => {
    if (!isReplaced(each)) return [each];
    return each.file === first.path && each.version === first.version ? apart : [];
  });
  return { observations: apart, all };
}

/**
 * Tells which findings a remedy puts right, by asking their rules again: about what the rewritten migrations were seen
 * to do. One that is found there just as bad is left alone. The worst shows the remedy, the others refer to it.
 */
export function attach(judgements: readonly Judgement[], remedies: readonly TriedRemedy[]): Attached {
  const attached = remedies.flatMap(({ remedy, observations, rewritten }) => {
    const files = new Set(observations.map((each) => each.file));
    const replaced = new Set(remedy.replaces.map(({ path }) => path));
    const [worst, ...others] = judgements
      .filter(({ rule }) => rule.id.startsWith('migration/'))
      .filter(({ finding }) => finding.location !== null && replaced.has(finding.location.file))
      .filter(({ rule, finding }) => isMilder(rule, rewritten, files, finding))
      .toSorted(worstFirst);
    if (worst === undefined) return [];
    return [
      [worst.finding, [remediationOf(remedy, worst, rewritten)]] as const,
      ...others.map((each) => [each.finding, [referenceTo(remedy, worst, each)]] as const),
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
function remediationOf(remedy: Remedy, shownWith: Judgement, rewritten: Facts): Remediation {
  const { replaces, title, files, advice } = remedy;
  const [first, ...others] = replaces.map(({ path }) => path);
  const place = others.length === 0 ? first : `${first} and ${others.join(' and ')}`;
  const remarks = [`In place of ${place}.`, ...advice].map((each) => `-- ${each}`).join('\n');
  const texts = files.map(({ path, text }) => `-- ${path}\n${text}`);
  const text = [`${remarks}\n`, ...texts].join('\n');
  const migration = { replaces: first ?? '', alsoReplaces: others, files, advice };
  const effect = effectInBetween(shownWith.finding, rewritten) ?? remedy.effect;
  return { kind: 'migration', title, text, verified: true, effect, migration };
}

/** What a query costs at the worst while the change runs; null where the finding is not about that. */
function effectInBetween({ evidence: { facts } }: Finding, rewritten: Facts): Remediation['effect'] {
  const { during, before, after, fingerprint, failuresHigh } = facts;
  if (typeof failuresHigh === 'number') {
    const stillFails = rewritten.steps.some(({ refused }) => refused.has(String(fingerprint)));
    return stillFails ? null : { before: failuresHigh, after: 0, unit: 'requests that fail, at most' };
  }
  if (typeof during !== 'number' || typeof before !== 'number' || typeof after !== 'number') return null;
  const costs = rewritten.steps.flatMap(({ plans }) => plans.get(String(fingerprint))?.measures.cost ?? []);
  return {
    before: during,
    after: Math.max(before, after, ...costs),
    unit: 'planner cost at the worst step of the deploy',
  };
}

function referenceTo({ title }: Remedy, { rule, finding }: Judgement, from: Judgement): Remediation {
  const isThere = finding.location?.file === from.finding.location?.file;
  const line = finding.location === null ? null : `line ${finding.location.line}`;
  const place = line === null ? `“${rule.title}”` : isThere ? line : `${line} of ${finding.location?.file}`;
  const text = `What is offered for ${place} puts this right too.`;
  return { kind: 'advice', title, text, verified: true, effect: null, migration: null };
}
