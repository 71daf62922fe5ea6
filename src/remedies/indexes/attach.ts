import type { Advice, IndexAdvice } from '../../model/advice.ts';
import type { Remediation } from '../../model/insight.ts';
import type { Judgement } from '../../rules/judge.ts';
import type { Attached } from '../attach.ts';

/** Rules about what a query reads, which an index that makes it cheaper puts right. */
const aboutReading: ReadonlySet<string> = new Set([
  'query/lost-index',
  'query/optimizer-cost',
  'query/plan-regression',
  'query/rows-filtered',
  'query/rows-read',
]);

/** Which findings the advised indexes put right: the one about the index, and others about queries that it helps. */
export function attachIndexes(judgements: readonly Judgement[], { missing }: Advice): Attached {
  return new Map(
    judgements.flatMap(({ rule, finding }) => {
      const [fingerprint = ''] = finding.identity;
      const isAbout = ({ name }: IndexAdvice) => finding.evidence.facts['index'] === name;
      const answering = missing.filter(
        (each) =>
          (rule.id === 'query/missing-index' && isAbout(each)) ||
          aboutReading.has(rule.id) ||
          (rule.id === 'query/function-on-column' && each.keys.some(isExpression)) ||
          (rule.id === 'query/like-leading-wildcard' &&
            each.keys.some((key) => key.includes('gin_trgm_ops'))),
      );
      const remedies = answering.flatMap((each) => remedyFor(each, fingerprint));
      return remedies.length === 0 ? [] : [[finding, remedies] as const];
    }),
  );
}

function isExpression(key: string): boolean {
  return key.includes('(');
}

function remedyFor({ name, sql, helps }: IndexAdvice, fingerprint: string): readonly Remediation[] {
  const help = helps.find((each) => each.fingerprint === fingerprint);
  if (help === undefined) return [];
  const { before, after } = help;
  return [
    {
      kind: 'sql',
      title: `Build the index ${name}, in a migration of its own that runs outside a transaction`,
      text: `${sql};`,
      verified: true,
      effect: { before, after, unit: 'planner cost' },
      migration: null,
    },
  ];
}
