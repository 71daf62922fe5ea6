import type { Finding } from '../rules/rule.ts';
import { type Senders, servicesOf } from '../rules/senders.ts';

/** Fingerprints of the queries that a finding is about, or that it names. */
export function queriesIn({ subject, identity: [first], evidence: { queries } }: Finding): readonly string[] {
  if (subject.kind !== 'query' || first === undefined) return queries;
  return [...new Set([first, ...queries])];
}

/** Services that send what a finding is about; none where captures name none. */
export function servicesIn(finding: Finding, senders: Senders): readonly string[] {
  const { service } = finding.evidence.facts;
  if (finding.subject.kind === 'trace') return typeof service === 'string' ? [service] : [];
  return servicesOf(queriesIn(finding).flatMap((fingerprint) => senders.get(fingerprint) ?? []));
}

/** `Services: orders, billing`, as one line. */
export function servicesLine(services: readonly string[]): string {
  return `${services.length === 1 ? 'Service' : 'Services'}: ${services.join(', ')}`;
}
