import { describe, expect, test } from '@jest/globals';
import pc from 'picocolors';
import stringWidth from 'string-width';
import { planTree } from '../../../src/report/terminal/plan.ts';
import { renderTerminal } from '../../../src/report/terminal/review.ts';
import { deepPlan, node, query } from '../../support/plan.ts';
import { insight, reviewOf } from '../../support/review.ts';

const colors = pc.createColors(false);

describe('a plan in the terminal', () => {
  test('is a tree with its costs in a column, the costly way marked', () => {
    expect(planTree(deepPlan(1), colors, 80, 2).split('\n')).toEqual([
      '    cost',
      '       1 ▸ Nested Loop (10 rows)',
      '  90,000 ▸   Seq Scan on public.lines (10 rows) ← grew most',
      '       5     Index Scan using t0_pkey on public.t0 (10 rows)',
    ]);
  });

  test.each([40, 60, 120])('keeps to %i columns, with what changed', (width) => {
    const plan = deepPlan(9);
    const wide = node({
      type: 'Limit',
      exclusiveCost: 0,
      children: [plan, node({ relation: '表'.repeat(80) })],
    });
    const lines = planTree(wide, colors, width, 10).split('\n');
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(width);
    expect(lines.join('\n')).toContain('← grew most');
  });

  test('stands below an insight about a plan change, with what the query was looked at for', () => {
    const review = reviewOf({ insights: [insight({ severity: 'critical' })], queries: [query()] });
    const text = renderTerminal(review, { width: 100, color: false });
    expect(text).toContain('Seq Scan on public.lines (10 rows) ← grew most');
    expect(text).toContain('Looked at: rows read 5,000,000 (high), 2 checks healthy');
    const refused = reviewOf({ ...review, queries: [query({ head: null, difference: null })] });
    expect(renderTerminal(refused, { width: 100, color: false })).not.toContain('Looked at');
    const unchanged = reviewOf({ ...review, queries: [query({ difference: null })] });
    expect(renderTerminal(unchanged, { width: 100, color: false })).not.toContain('grew most');
  });
});
