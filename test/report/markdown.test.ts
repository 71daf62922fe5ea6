import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import type { Insight } from '../../src/model/insight.ts';
import { unknownOrigin } from '../../src/model/query.ts';
import type { Review } from '../../src/model/review.ts';
import { longestComment, renderMarkdown } from '../../src/report/markdown/review.ts';
import { code, fence, link, marker, md, sentence, text } from '../../src/report/markdown/safe.ts';
import { insight, reviewOf } from '../support/review.ts';

const options = { permalink: () => null, closing: null };

function html(markdown: string): string {
  return micromark(markdown, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] });
}

/** What a reader sees of rendered Markdown. */
function seen(markdown: string): string {
  return html(markdown)
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll('\u200b', '')
    .trim();
}

function shown(value: string): string {
  return value
    .replaceAll(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .replaceAll(/\s+/g, ' ')
    .trim();
}

const hostile = fc
  .oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc
      .array(
        fc.constantFrom(
          '`',
          '```',
          '~~~',
          '*',
          '_',
          '[',
          ']',
          '(http://x.y)',
          '![',
          '<',
          '>',
          '</details>',
          '<!--',
          '-->',
          '&',
          '&#64;',
          '@octocat',
          '#1',
          'GH-1',
          'http://evil.com',
          'www.evil.com',
          'a@b.co',
          '|',
          '\n',
          '\r',
          '\t',
          '\\',
          '$',
          '- ',
          '1. ',
          '# ',
          '=',
          ':smile:',
          '\u202e',
          '\u200b',
          'SELECT',
          ' ',
        ),
      )
      .map((parts) => parts.join('')),
  )
  .filter((value) => value.isWellFormed());

describe('hostile text', () => {
  test('as text shows as itself and nothing else', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const rendered = html(md`x${text(value)}`);
        expect(rendered.replaceAll(/<\/?p>/g, '')).not.toMatch(/</);
        expect(seen(md`x${text(value)}`)).toBe(shown(`x${value}`));
      }),
      { numRuns: 500 },
    );
  });

  test('at the start of a line is no heading, list or quotation', () => {
    fc.assert(
      fc.property(hostile, (value) => expect(html(text(value))).toMatch(/^(<p>[^<]*<\/p>)?$/)),
      { numRuns: 500 },
    );
  });

  test('as code stays in its element, in a table as well', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        expect(html(md`x ${code(value)} y`)).toMatch(/^<p>x <code>[^<]*<\/code> y<\/p>$/);
        expect(html(md`| a | b |\n| - | - |\n| ${code(value)} | c |`).match(/<td>/g)).toHaveLength(2);
      }),
      { numRuns: 500 },
    );
  });

  test('in a fence does not end it', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        expect(html(fence(value, 'sql')).match(/<[a-z]+/g)).toEqual(['<pre', '<code']);
      }),
      { numRuns: 500 },
    );
  });

  test('mentions and references are broken up, also where entities are decoded later', () => {
    for (const value of ['@octocat', '&#64;octocat', '#12', 'GH-1']) {
      const decoded = html(text(value)).replaceAll('&amp;', '&').replaceAll('&#64;', '@');
      expect(decoded).not.toMatch(/@\w|#\d|GH-\d/);
    }
  });

  test('anywhere in a review neither breaks its layout nor forges its marker', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const nasty = insight({
          title: value,
          summary: `a ${value} b`,
          subject: { kind: 'query', name: value },
          location: { file: value, line: 1, endLine: 1 },
          evidence: {
            facts: {},
            scans: [{ table: value, access: value, index: value, rowsRead: 1, rowsFiltered: 1, cost: 1 }],
            error: { sqlstate: 'XX000', message: value, detail: value, hint: value },
            sql: value,
            queries: [value],
          },
          services: [value, `${value} 2`],
          remediation: [
            { kind: 'advice', title: value, text: value, verified: false, effect: null, migration: null },
            {
              kind: 'migration',
              title: `${value} in files`,
              text: value,
              verified: true,
              effect: { before: 2, after: 1, unit: value },
              migration: {
                replaces: value,
                alsoReplaces: [],
                files: [{ path: value, text: value }],
                advice: [value],
              },
            },
          ],
        });
        const suppression = { reason: value, file: value, line: 1 };
        const suppressed: Insight = { ...nasty, origin: 'suppressed', suppression };
        const review = reviewOf({
          insights: [nasty, suppressed],
          release: {
            order: 'none',
            isCompared: false,
            steps: [value],
            services: [
              { service: value, order: 'none', broken: [obstacle(value)], early: [obstacle(value)] },
            ],
          },
          unchecked: [{ subject: value, reason: value }],
        });
        const rendered = html(renderMarkdown(review, { ...options, closing: marker('ours 1') }));
        expect(rendered.match(/<details>/g)).toHaveLength(4);
        expect(rendered.match(/<\/details>/g)).toHaveLength(4);
        expect(rendered.match(/<!--.*?-->/g)).toEqual(['<!-- ours 1 -->']);
        expect(rendered).not.toMatch(/<(script|img|a|h1|input)\b/);
      }),
      { numRuns: 200 },
    );
  });
});

test('a sentence turns backticks into code', () => {
  expect(html(sentence('reads `a_b` and `c`'))).toBe('<p>reads <code>a_b</code> and <code>c</code></p>');
});

test('a link goes where we say', () => {
  expect(html(link(text('x]'), 'https://github.com/a/b/blob/c/d (e).sql#L1'))).toBe(
    '<p><a href="https://github.com/a/b/blob/c/d%20%28e%29.sql#L1">x]</a></p>',
  );
});

test.each(['a -->', 'x\ny', '<b>'])('a marker holds nothing that could end it: %j', (value) => {
  expect(() => marker(value)).toThrow();
});

function obstacle(value: string) {
  const cause = { file: value, line: 1 };
  return { fingerprint: value, name: value, version: 'both', reason: value, cause } as const;
}

describe('a review', () => {
  const many = (count: number): readonly Insight[] =>
    Array.from({ length: count }, (_, index) =>
      insight({
        subject: { kind: 'query', name: `query ${index}` },
        evidence: {
          facts: {},
          scans: [],
          error: null,
          sql: `SELECT ${index} ${'x'.repeat(2000)}`,
          queries: [],
        },
      }),
    );

  test.each([0, 1, 30, 500])('with %i insights fits into a comment', (count) => {
    const queries = Array.from({ length: count }, (_, index) => ({
      fingerprint: `${index}`,
      name: null,
      sql: 'SELECT 1 '.repeat(100),
      replaces: null,
      calls: 1,
      time: { captured: null, production: null },
      rows: null,
      firstSeen: null,
      lastSeen: null,
      origin: { ...unknownOrigin, route: `GET /${'r'.repeat(300)}/${index}` },
      origins: [],
      originsLeftOut: 0,
      parameters: 'none' as const,
      variants: [],
      score: 1,
      base: null,
      head: null,
      difference: null,
      checks: [],
    }));
    const unchecked = Array.from({ length: count }, (_, index) => ({
      subject: `${index}`,
      reason: 'é'.repeat(500),
    }));
    const rendered = renderMarkdown(reviewOf({ insights: many(count), queries, unchecked }), {
      ...options,
      closing: marker('end'),
    });
    expect(rendered.length).toBeLessThanOrEqual(longestComment);
    expect(rendered.trimEnd().endsWith('<!-- end -->')).toBe(true);
    expect(rendered.match(/<details>/g)?.length ?? 0).toBe(rendered.match(/<\/details>/g)?.length ?? 0);
    if (count === 500) expect(rendered).toMatch(/\d+ more sections did not fit here/);
  });

  test('tells last what is suppressed, with the reason and where it is written', () => {
    const suppression = { reason: 'runs *at night*', file: 'm/1_a.sql', line: 4 };
    const suppressed = insight({ origin: 'suppressed', suppression, subject: { kind: 'query', name: 'q' } });
    const withoutReason = { ...suppressed, suppression: { ...suppression, reason: null } };
    const review = reviewOf({ insights: [insight(), suppressed, withoutReason] });
    const rendered = seen(renderMarkdown(review, options));
    expect(rendered).toContain('2 insights are suppressed and do not count.');
    expect(rendered).toMatch(
      /suppressed\s+🟠 q: reads 5 rows of t\. Reason: runs \*at night\* \(m\/1_a\.sql:4\)/,
    );
  });

  test('says the verdict first, then the worst', () => {
    const review: Review = reviewOf({
      verdict: 'fail',
      reasons: ['2 introduced insights are high or worse'],
      insights: [
        insight({ severity: 'critical', title: 'Worst' }),
        insight({ severity: 'low', title: 'Least', subject: { kind: 'query', name: 'b' } }),
      ],
    });
    const lines = renderMarkdown(review, options)
      .split('\n')
      .filter((line) => line !== '');
    expect(lines[0]).toMatch(/^## ❌ Database review: fail/);
    expect(lines[1]).toContain('2 introduced insights are high or worse.');
    expect(lines[4]).toContain('Worst');
    expect(lines[5]).toContain('Least');
  });

  test('is plain when there is nothing to say', () => {
    expect(renderMarkdown(reviewOf({}), options)).toMatch(
      /✅ Database review: pass[\s\S]*introduces no insights/,
    );
  });
});
