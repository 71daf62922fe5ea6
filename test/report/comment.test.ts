import { describe, expect, test } from '@jest/globals';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { annotationsOf } from '../../src/report/annotations.ts';
import { renderComment, renderNothing, renderWithdrawn } from '../../src/report/markdown/comment.ts';
import { renderMarkdown } from '../../src/report/markdown/review.ts';
import { marker } from '../../src/report/markdown/safe.ts';
import { insight, reviewOf } from '../support/review.ts';

const closing = marker('mark');

function html(markdown: string): string {
  return micromark(markdown, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] });
}

describe('a comment on lines', () => {
  const advice = {
    kind: 'advice',
    title: 'Use `x`',
    text: 'Do it.',
    verified: false,
    effect: null,
    migration: null,
  } as const;
  const subject = { kind: 'statement', name: 'DROP TABLE t' } as const;

  test('says what, why and what to do, and ends in its mark', () => {
    const shown = renderComment(insight({ subject, remediation: [advice] }), closing);
    expect(shown).toBe(
      [
        '🟠 <b>A query reads many rows</b>: reads 5 rows of <code>t</code>',
        '<b>Impact</b>: it takes long.',
        '<b>Use &#96;x&#96;</b>: Do it.',
        '<sub><code>query/rows-read</code> · planned at production size</sub>',
        '<!-- mark -->',
      ].join('\n\n'),
    );
  });

  const files = [{ path: 'migrations/2_1_create_i.sql', text: 'CREATE INDEX CONCURRENTLY i ON t (a);\n' }];
  const form = {
    kind: 'migration',
    title: 'Build the index while reads and writes go on',
    text: '',
    verified: true,
    effect: null,
    migration: { replaces: 'migrations/2.sql', alsoReplaces: [], files, advice: [] },
  } as const;
  const marked = {
    ...form.migration,
    files: [{ path: 'a.sql', text: '-- +goose NO TRANSACTION\nSELECT 1;' }],
  };

  test.each([
    ['alone in its file, and the form is a file without marks', form, true, true],
    ['not alone in its file', form, false, false],
    ['replaced by a file with marks for its tool', { ...form, migration: marked }, true, false],
    ['replaced by what was not tried', { ...form, verified: false }, true, false],
  ])('of a statement that is %s', (_, remedy, isAlone, isSuggested) => {
    const shown = renderComment(insight({ subject, remediation: [remedy] }), closing, isAlone);
    expect(shown.includes('```suggestion\nCREATE INDEX CONCURRENTLY i ON t (a);\n```')).toBe(isSuggested);
  });

  test('fits, however long an error message is', () => {
    const error = { sqlstate: 'P0001', message: 'x'.repeat(100_000), detail: null, hint: null };
    const evidence = { facts: {}, scans: [], error, sql: null, queries: [] };
    expect(renderComment(insight({ subject, evidence }), closing).length).toBeLessThan(4_000);
  });

  test('that is withdrawn, or of a review of nothing, keeps its mark', () => {
    expect(renderWithdrawn(closing)).toMatch(/no longer reported.*\n\n<!-- mark -->$/s);
    expect(renderNothing(closing)).toMatch(/nothing to review.*\n\n<!-- mark -->$/s);
  });
});

test('links work everywhere in a review, also where Markdown is not read', () => {
  const insights = [insight()];
  const permalink = () => 'https://github.com/o/r/blob/c/a%20(b)/x&y.sql#L3';
  const shown = html(renderMarkdown(reviewOf({ insights }), { permalink, closing: null }));
  const links = shown.match(
    /<a href="https:\/\/github\.com\/o\/r\/blob\/c\/a%20%28b%29\/x&amp;y\.sql#L3"><code>/g,
  );
  expect(links).toHaveLength(2);
  expect(shown).not.toContain('](');
});

test('no address becomes a link, whatever stands before it', () => {
  for (const before of ['', ' ', '_', '*', '~', '(', 'a_']) {
    const shown = html(renderComment(insight({ summary: `see ${before}www.example.com` }), closing));
    expect(shown).not.toContain('<a ');
  }
});

describe('annotations', () => {
  test('have the level of their severity, and tell only what the change introduces', () => {
    const severities = ['critical', 'high', 'medium', 'low', 'healthy'] as const;
    const insights = [
      ...severities.map((severity) => insight({ severity })),
      insight({ origin: 'existing' }),
      insight({ origin: 'suppressed' }),
    ];
    expect(annotationsOf(reviewOf({ insights })).map(({ level }) => level)).toEqual([
      'error',
      'error',
      'warning',
      'notice',
    ]);
  });

  test('show characters that would hide something', () => {
    const insights = [insight({ summary: 'a\u202eb\u001b[31m' })];
    expect(annotationsOf(reviewOf({ insights }))).toMatchObject([
      { title: 'A query reads many rows', message: 'a\\u202eb\\u001b[31m\nImpact: it takes long.' },
    ]);
  });
});
