import { queryLocation, querySubject, shownScans } from '../on-plan.ts';
import { defineRule, evidence } from '../rule.ts';

export default defineRule({
  id: 'compatibility/breaks-query',
  title: 'A captured query no longer runs',
  message: 'runs on the base schema and fails on the new one: {reason}',
  triggeredWhen: 'a captured query can be planned at base, and PostgreSQL refuses it at head',
  impact: 'while the change is deployed, the running version still sends this query, and it fails',
  remediation: [
    {
      kind: 'advice',
      title: 'Expand, then contract',
      text: 'First release code that no longer needs what is removed or renamed; remove it in a later change.',
    },
  ],
  core: false,
  *check(facts) {
    for (const { query, base, error } of facts.brokenQueries) {
      const { sqlstate, message, detail, hint } = error;
      const services = [...new Set(query.origins.flatMap(({ service }) => service ?? []))];
      const service = services.length === 0 ? null : services.join(', ');
      yield {
        severity: 'critical',
        confidence: 'observed',
        subject: querySubject(query),
        location: queryLocation(query),
        evidence: evidence({
          facts: { reason: message, sqlstate, service, calls: query.calls },
          scans: base.measures.scans.slice(0, shownScans),
          error: { sqlstate, message, detail, hint },
          sql: query.sql,
        }),
        identity: [query.fingerprint, sqlstate],
      };
    }
  },
});
