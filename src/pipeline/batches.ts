import type { Remediation } from '../model/insight.ts';
import type { Sandbox } from '../model/server.ts';
import type { PlannedQuery } from '../plans/examine.ts';
import type { Attached } from '../remedies/attach.ts';
import { tryBatches } from '../remedies/batches/batches.ts';
import { inOne } from '../remedies/batches/in-one.ts';
import type { Judgement } from '../rules/judge.ts';
import { tablesByName } from '../sql/rewrite/sources.ts';
import type { Head } from './head.ts';
import { type PlannedState, twinOf } from './plans.ts';

/** Tries what is sent once for each row as one query for all of them. */
export async function batchQueries(
  sandbox: Sandbox,
  head: Head,
  { examination }: PlannedState,
  judgements: readonly Judgement[],
): Promise<Attached> {
  const { planned: plans } = examination;
  const repeated = judgements
    .filter(({ finding, suppression }) => suppression === null && finding.severity !== 'healthy')
    .flatMap((judgement) =>
      queriesOf(judgement, plans).map((planned) => {
        const { count, sourceFingerprint } = judgement.finding.evidence.facts;
        const source = plans.get(String(sourceFingerprint)) ?? null;
        return { judgement, planned, count: Number(count), source };
      }),
    );
  if (repeated.length === 0) return new Map();
  const remedies = await tryBatches(
    {
      sandbox,
      schema: head.state.name,
      twin: twinOf(head.state),
      database: 'batches',
      tables: tablesByName(head.state.catalogue.tables),
    },
    repeated,
  );
  const attached = new Map<Judgement['finding'], readonly Remediation[]>();
  for (const [judgement, all] of Map.groupBy(repeated, (each) => each.judgement)) {
    const found = all.map((each) => remedies.get(each) ?? []);
    // A sequence is rid of only where each of its queries is sent for all rows.
    attached.set(
      judgement.finding,
      judgement.rule.id === 'trace/repeated-sequence' ? inOne(found) : found.flat(),
    );
  }
  return attached;
}

/** The queries that a finding says are sent again and again. */
function queriesOf(
  { rule, finding }: Judgement,
  plans: ReadonlyMap<string, PlannedQuery>,
): readonly PlannedQuery[] {
  switch (rule.id) {
    case 'trace/n-plus-one':
      return finding.identity.flatMap((part) => plans.get(part) ?? []).slice(0, 1);
    case 'trace/repeated-sequence':
      return String(finding.evidence.facts['fingerprints'])
        .split(' ')
        .flatMap((fingerprint) => plans.get(fingerprint) ?? []);
    default:
      return [];
  }
}
