import type { DeployEstimate } from '../model/estimate.ts';
import type { MigrationObservation } from '../model/observation.ts';
import type { Sandbox } from '../model/server.ts';
import { type Attached, attach } from '../remedies/attach.ts';
import { findRemedies } from '../remedies/remedies.ts';
import type { Facts } from '../rules/facts.ts';
import type { Judgement } from '../rules/judge.ts';
import type { Base } from './base.ts';
import { withRows } from './head.ts';

/** A change that has been judged. */
export interface JudgedChange {
  readonly judgements: readonly Judgement[];
  readonly head: Facts;
  /** How long migrations take at production size. */
  readonly estimate: (migrations: readonly MigrationObservation[]) => DeployEstimate;
}

/**
 * Rewrites the migrations that something is said against, and tries what comes out on copies of the base. Only files
 * of SQL can be written anew.
 */
export async function tryRemedies(sandbox: Sandbox, base: Base, judged: JudgedChange): Promise<Attached> {
  if (base.kind === 'loaded' || base.layout === null) return new Map();
  const { judgements, head, estimate } = judged;
  const places = judgements.flatMap(({ rule, finding, origin, suppression }) => {
    const isOpen = origin === 'introduced' && suppression === null;
    return isOpen && rule.id.startsWith('migration/') ? (finding.location ?? []) : [];
  });
  const { offered } = await findRemedies({
    sandbox,
    base: withRows,
    layout: base.layout,
    migrations: base.runnable.added,
    hazards: Map.groupBy(places, ({ file }) => file),
    rows: (table) => head.table(table)?.rows ?? 0,
    estimate,
  });
  return attach(judgements, offered, head, estimate);
}
