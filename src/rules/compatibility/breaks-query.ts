import type { Facts } from '../facts.ts';
import { queryLocation, querySubject, shownScans } from '../on-plan.ts';
import { causeAtHead, type RefusalCause } from '../refusal-cause.ts';
import type { Refusal } from '../refusals.ts';
import { releaseOf } from '../release.ts';
import { defineRule, evidence } from '../rule.ts';
import { servicesOf } from '../senders.ts';
import { sendersInWords, servicesInWords } from '../senders-in-words.ts';

export default defineRule({
  id: 'compatibility/breaks-query',
  title: 'A captured query no longer runs',
  message:
    'runs on the base schema and fails on the new one[[ with values that were captured, {values}]]: {reason}; {senders}',
  triggeredWhen:
    'a captured query, or values that it was captured with, can be planned at base, and PostgreSQL refuses it at head',
  impact:
    'once the change has run, whoever sends this query gets the error: the running version until the deploy is over, and every version that sends it after that',
  remediation: [
    {
      kind: 'advice',
      title: 'Change what sends it first',
      text: '1. Change {stillSent} so that it no longer sends this query. 2. Release that, and wait until no earlier version runs. 3. Run the migration.',
      needs: 'stillSent',
    },
    {
      kind: 'advice',
      title: 'Take two changes',
      text: '1. Leave the {what} {from:code} as it is in this change, since the new version of {codeFirst} needs the rest of it. 2. Run the migration. 3. Release {codeFirst}, and wait until no earlier version runs. 4. Drop it in a later change.',
      needs: 'split',
    },
    {
      kind: 'advice',
      title: 'Release the code first',
      text: '1. Release {codeFirst} in a version that no longer sends this query. 2. Wait until no earlier version runs and no rollback is wanted. 3. Run the migration: the {what} {from:code} is dropped in a deploy of its own.',
      needs: 'dropped',
    },
    {
      kind: 'advice',
      title: 'Keep both columns for a while',
      text: '1. Add {to:code} beside {from:code}, keep both in step with a trigger, and fill it in batches. 2. Release {codeFirst} in a version that uses only {to:code}. 3. Drop the trigger and {from:code} in a later change.',
      needs: 'renamedColumn',
    },
    {
      kind: 'advice',
      title: 'Keep the old name as a view',
      text: '1. Rename {from:code} and create a view of that name over {to:code} in the same transaction: reads and writes go through it. 2. Release {codeFirst} in a version that names {to:code}. 3. Drop the view in a later change.',
      needs: 'renamedRelation',
    },
    {
      kind: 'advice',
      title: 'Expand, then contract',
      text: 'First release code that no longer needs what is removed or renamed; remove it in a later change.',
      needs: 'otherwise',
    },
  ],
  core: false,
  *check(facts) {
    for (const refusal of facts.refusals.atHead) {
      const { query, planned, error, values } = refusal;
      const { sqlstate, message, detail, hint } = error;
      const senders = facts.sendersOf(query);
      const services = servicesOf(senders);
      yield {
        severity: 'critical',
        confidence: 'observed',
        subject: querySubject(query),
        location: queryLocation(query),
        evidence: evidence({
          facts: {
            reason: message,
            sqlstate,
            service: services.length === 0 ? null : services.join(', '),
            calls: query.calls,
            values: values === null ? null : values.map((value) => JSON.stringify(value)).join(', '),
            senders: sendersInWords(senders),
            ...safeOrder(facts, refusal),
          },
          scans: planned.measures.scans.slice(0, shownScans),
          error: { sqlstate, message, detail, hint },
          sql: query.sql,
        }),
        identity: [query.fingerprint, sqlstate],
      };
    }
  },
});

type Way = 'stillSent' | 'split' | 'dropped' | 'renamedColumn' | 'renamedRelation' | 'otherwise';

/** Which of the remedies is meant, and what it names: of each, the fact is there that it needs. */
function safeOrder(facts: Facts, refusal: Refusal): Readonly<Record<string, string | null>> {
  const senders = facts.sendersOf(refusal.query);
  const still = senders.filter(({ version }) => version === 'both' || version === 'new');
  const cause = causeAtHead(facts, refusal);
  const way = wayOf(cause, still.length > 0, needsMigration(facts, refusal));
  const fact = (of: Way) => (way === of ? of : null);
  return {
    stillSent: way === 'stillSent' ? servicesInWords(still) : null,
    split: fact('split'),
    dropped: fact('dropped'),
    renamedColumn: fact('renamedColumn'),
    renamedRelation: fact('renamedRelation'),
    otherwise: fact('otherwise'),
    codeFirst: servicesInWords(senders),
    what: cause?.what ?? null,
    from: cause?.name ?? null,
    to: cause?.other ?? null,
  };
}

/** Whether a service that sends it cannot be released before the migration. */
function needsMigration(facts: Facts, { query }: Refusal): boolean {
  const services = facts.sendersOf(query).map(({ service }) => service);
  return (releaseOf(facts)?.services ?? []).some(
    ({ service, early }) => early.length > 0 && services.includes(service),
  );
}

function wayOf(cause: RefusalCause | null, isStillSent: boolean, needsIt: boolean): Way {
  if (cause?.kind === 'renamed' && cause.what === 'column') return 'renamedColumn';
  if (cause?.kind === 'renamed' && /table|view/.test(cause.what)) return 'renamedRelation';
  if (isStillSent) return 'stillSent';
  if (cause?.kind !== 'dropped') return 'otherwise';
  return needsIt ? 'split' : 'dropped';
}
