import type { Remediation } from '../model/insight.ts';
import type { Sandbox } from '../model/server.ts';
import type { PlannedQuery } from '../plans/examine.ts';
import type { Attached } from '../remedies/attach.ts';
import { setStage } from '../remedies/rewrites/stage.ts';
import { tryApart } from '../remedies/traces/apart.ts';
import { tryBulk } from '../remedies/traces/bulk.ts';
import { collectionsOf } from '../rules/collections.ts';
import type { Facts } from '../rules/facts.ts';
import type { Judgement } from '../rules/judge.ts';
import { tablesByName } from '../sql/rewrite/sources.ts';
import type { Head } from './head.ts';
import { type PlannedState, twinOf } from './plans.ts';

/** A finding of a trace rule that something else can be tried for. */
interface Open {
  readonly finding: Judgement['finding'];
  readonly planned: PlannedQuery;
}

/** Tries other ways to send what traces were found to send: collections by themselves, rows in one statement. */
export async function mendTraces(
  sandbox: Sandbox,
  head: Head,
  { examination }: PlannedState,
  facts: Facts,
  judgements: readonly Judgement[],
): Promise<Attached> {
  const openOf = (id: string): readonly Open[] =>
    judgements.flatMap(({ rule, finding, suppression }) => {
      const planned = plannedOf(finding.identity, examination.planned);
      const isOpen = suppression === null && finding.severity !== 'healthy' && rule.id === id;
      return isOpen && planned !== null ? [{ finding, planned }] : [];
    });
  const [joined, written] = [openOf('trace/eager-load-explosion'), openOf('trace/n-plus-one-writes')];
  const attached = new Map<Judgement['finding'], readonly Remediation[]>();
  if (joined.length + written.length === 0) return attached;
  const tables = tablesByName(head.state.catalogue.tables);
  await using session = await sandbox.connect(twinOf(head.state), 'owner');
  for (const { finding, planned } of joined) {
    const heads = collectionsOf(facts, planned)?.heads ?? [];
    const remedy = await tryApart(session, { planned, heads }, tables);
    if (remedy !== null) attached.set(finding, [remedy]);
  }
  if (written.length === 0) return attached;
  await using stage = await setStage(sandbox, 'bulk', head.state.name);
  for (const { finding, planned } of written) {
    const { count } = finding.evidence.facts;
    const remedy = await tryBulk(session, stage, { planned, count: Number(count) }, tables);
    if (remedy !== null) attached.set(finding, [remedy]);
  }
  return attached;
}

/** The query that a finding is about. */
function plannedOf(
  identity: readonly string[],
  planned: ReadonlyMap<string, PlannedQuery>,
): PlannedQuery | null {
  return identity.flatMap((part) => planned.get(part) ?? [])[0] ?? null;
}
