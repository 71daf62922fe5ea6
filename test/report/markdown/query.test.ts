import { describe, expect, test } from '@jest/globals';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { longestComment, renderMarkdown } from '../../../src/report/markdown/review.ts';
import { query } from '../../support/plan.ts';
import { insight, reviewOf } from '../../support/review.ts';

const options = { permalink: () => null, closing: null };
const lost = insight({ rule: 'query/lost-index', severity: 'critical' });

function html(markdown: string): string {
  return micromark(markdown, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] });
}

describe('a query in a comment', () => {
  test('has its plans before and after, what is done otherwise, and the statement behind it', () => {
    const rendered = html(renderMarkdown(reviewOf({ insights: [lost], queries: [query()] }), options));
    expect(rendered).toContain('<summary>Plan before and after, cost 10 → 90,000</summary>');
    expect(rendered.match(/<code class="language-mermaid">/g)).toHaveLength(2);
    expect(rendered).toContain(
      '<li><code>Seq Scan</code> on <code>public.lines</code> in place of <code>Index Scan using lines_order</code></li>',
    );
    expect(rendered).toContain(
      'Because of <code>DROP INDEX lines_order</code> at <code>migrations/2.sql:4</code>.',
    );
  });

  test('has one plan where it is new, and none where all is well', () => {
    const shown = (severity: 'high' | 'medium') =>
      renderMarkdown(
        reviewOf({ insights: [insight({ severity })], queries: [query({ base: null, difference: null })] }),
        options,
      );
    expect(shown('high').match(/```mermaid/g)).toHaveLength(1);
    expect(shown('high')).toContain('<summary>Plan, cost 90,000</summary>');
    expect(shown('medium')).not.toContain('mermaid');
  });

  test('lists what it was looked at for, healthy or not, unless there is only a remark', () => {
    const shown = (severity: 'medium' | 'low') =>
      html(renderMarkdown(reviewOf({ insights: [insight({ severity })], queries: [query()] }), options));
    expect(shown('medium')).toContain('<summary>What was looked at: 🟠 1 🟢 2</summary>');
    expect(shown('medium')).toMatch(/<td align="left">rows read<\/td>\s*<td align="right">5,000,000<\/td>/);
    expect(shown('medium')).toMatch(/<td align="left">select star<\/td>\s*<td align="right">–<\/td>/);
    expect(shown('low')).not.toContain('looked at');
    const refused = reviewOf({ insights: [lost], queries: [query({ head: null, difference: null })] });
    expect(renderMarkdown(refused, options)).not.toContain('looked at');
  });

  test('goes without plans before any insight is left out', () => {
    const many = (count: number) => {
      const numbers = Array.from({ length: count }, (_, index) => index);
      return renderMarkdown(
        reviewOf({
          insights: numbers.map((each) =>
            insight({
              severity: 'critical',
              subject: { kind: 'query', name: `q${each}` },
              evidence: { ...lost.evidence, sql: `SELECT ${each}` },
            }),
          ),
          queries: numbers.map((each) => query({ sql: `SELECT ${each}` })),
        }),
        options,
      );
    };
    const rendered = many(40);
    expect(rendered.length).toBeLessThan(longestComment + 100);
    expect(rendered.match(/<summary>🔴/g)).toHaveLength(40);
    expect(rendered).not.toContain('did not fit');
    const plans = rendered.match(/```mermaid/g)?.length ?? 0;
    expect(plans).toBeGreaterThan(2);
    expect(plans).toBeLessThan(80);
  });

  test('that became cheaper is told among the queries, the best by name', () => {
    const cheaper = (name: string, cost: number) => {
      const { base } = query();
      if (base === null) throw new Error('it has a plan at base');
      return query({ name, base: { ...base, cost }, head: { ...base, cost: 12 }, difference: null });
    };
    const rendered = renderMarkdown(
      reviewOf({ queries: [cheaper('a', 500), cheaper('b', 5_000), cheaper('c', 50), query()] }),
      options,
    );
    expect(rendered).toContain(
      '2 queries became cheaper, most of all <code>b</code>, from cost 5,000 to 12.',
    );
  });

  test('that replaces one and is sent more often became cheaper only if it did in all', () => {
    const { base } = query();
    if (base === null) throw new Error('it has a plan at base');
    const loop = (calls: number) => {
      const after = query({
        fingerprint: 'loop',
        calls,
        base: { ...base, cost: 300 },
        head: { ...base, cost: 20 },
        difference: null,
      });
      const sent = { fingerprint: 'list', name: null, sql: 'SELECT', calls: 1, origin: after.origin };
      const changed = [{ before: sent, after: { ...sent, fingerprint: 'loop', calls } }];
      return renderMarkdown(
        reviewOf({ queries: [after], workload: { unchanged: 0, added: [], gone: [], changed } }),
        options,
      );
    };
    expect(loop(15)).not.toContain('became cheaper');
    expect(loop(1)).toContain('became cheaper');
  });
});
