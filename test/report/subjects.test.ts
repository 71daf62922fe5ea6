import { describe, expect, test } from '@jest/globals';
import type { Insight } from '../../src/model/insight.ts';
import { annotationsOf } from '../../src/report/annotations.ts';
import { renderMarkdown } from '../../src/report/markdown/review.ts';
import { bySubject } from '../../src/report/subjects.ts';
import { insight, reviewOf } from '../support/review.ts';

const sql = 'ALTER TABLE t ALTER COLUMN a TYPE bigint';

function atStatement(
  rule: string,
  severity: Insight['severity'],
  table = 'public.t',
  parts: Partial<Insight> = {},
): Insight {
  return insight({
    rule,
    severity,
    subject: { kind: 'statement', name: sql },
    location: { file: 'migrations/2.sql', line: 1, endLine: 1 },
    evidence: { facts: { table }, scans: [], error: null, sql, queries: [] },
    ...parts,
  });
}

function gathered(insights: readonly Insight[]) {
  const rules = (list: readonly Insight[]) => list.map(({ rule }) => rule);
  return bySubject(insights).map(({ worst, others, folded }) => ({
    told: rules([worst, ...others]),
    folded: rules(folded),
  }));
}

const rewrite = atStatement('migration/table-rewrite', 'critical');
const noLimit = atStatement('migration/missing-lock-timeout', 'low');

describe('what is told of one statement', () => {
  test('stands together, also what it brings about for a table', () => {
    const key = { kind: 'table', name: 'public.t' } as const;
    const ofTable = atStatement('schema/primary-key', 'low', 'public.t', { subject: key });
    expect(gathered([rewrite, ofTable])).toEqual([
      { told: ['migration/table-rewrite', 'schema/primary-key'], folded: [] },
    ]);
  });

  test('is what it does before the terms on which it does it, if they are no worse', () => {
    const held = (severity: Insight['severity']) =>
      atStatement('migration/lock-held-across-statements', severity, 'public.u');
    const told = (severity: Insight['severity']) => gathered([held(severity), rewrite])[0]?.told[0];
    expect(told('critical')).toBe('migration/table-rewrite');
    expect(gathered([held('high'), atStatement('migration/blocking-scan', 'medium')])[0]?.told[0]).toBe(
      'migration/lock-held-across-statements',
    );
  });

  test.each<[string, readonly Insight[], readonly string[]]>([
    ['a worse one about the same table', [rewrite, noLimit], ['migration/missing-lock-timeout']],
    [
      'one about another table',
      [atStatement('migration/table-rewrite', 'critical', 'public.u'), noLimit],
      [],
    ],
    ['one that is no worse', [atStatement('migration/blocking-index-drop', 'low'), noLimit], []],
    ['one about terms as well', [atStatement('migration/repeated-locks', 'high'), noLimit], []],
    ['nothing', [noLimit], []],
  ])('leaves out that a limit is missing beside %s', (_, insights, folded) => {
    expect(gathered(insights).flatMap((each) => each.folded)).toEqual(folded);
  });
});

test('what is folded is named in the comment, is no annotation, and stays in the review', () => {
  const review = reviewOf({ insights: [rewrite, { ...noLimit, summary: 'waits without limit' }] });
  const comment = renderMarkdown(review, { permalink: () => null, closing: null });
  expect(comment).toContain('<code>migration/missing-lock-timeout</code>');
  expect(comment).not.toContain('waits without limit');
  expect(comment).not.toContain('and 1 more');
  expect(annotationsOf(review)).toHaveLength(1);
  expect(review.counts).toMatchObject({ introduced: { critical: 1, low: 1 } });
});
