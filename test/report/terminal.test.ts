import { describe, expect, test } from '@jest/globals';
import stringWidth from 'string-width';
import { renderTerminal } from '../../src/report/terminal/review.ts';
import { insight, lockedFor, reviewOf } from '../support/review.ts';

const plain = { width: 100, color: false };
const long = 'reads `public.orders` and then some more words about it, '.repeat(6);

function review() {
  return reviewOf({
    insights: [
      insight({
        severity: 'critical',
        title: 'First',
        summary: long,
        remediation: [
          { kind: 'advice', title: 'Do', text: long, verified: false, effect: null, migration: null },
        ],
      }),
      insight({ severity: 'low', title: 'Of the same', summary: 'also this' }),
      insight({
        severity: 'medium',
        title: 'Second',
        subject: { kind: 'query', name: 'GET /b' },
        location: null,
      }),
      insight({ origin: 'existing', title: 'Old' }),
      insight({ origin: 'suppressed', title: 'Known' }),
    ],
    deploy: lockedFor([40, 180]),
    unchecked: Array.from({ length: 12 }, (_, index) => ({ subject: `q${index}`, reason: 'why' })),
  });
}

describe('the terminal', () => {
  test.each([40, 80, 200])('gets lines of at most %i columns', (width) => {
    const lines = renderTerminal(review(), { width, color: false }).split('\n');
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(width);
  });

  test('gets colours only where it shows them', () => {
    expect(renderTerminal(review(), plain)).not.toContain('\u001b');
    expect(renderTerminal(review(), { ...plain, color: true })).toContain('\u001b[');
  });

  test('is told the verdict first, one block for each subject, and what is left out', () => {
    const text = renderTerminal(review(), plain);
    expect(text).toMatch(/^ FAIL {2}Database review/);
    expect(text.match(/^(critical|high|medium|low)/gm)).toEqual(['critical', 'medium']);
    expect(text).toContain('also this');
    expect(text).not.toContain('Old');
    expect(text).not.toContain('Known');
    expect(text).toContain('1 insight existed before the change and does not count');
    expect(text).toContain('1 insight is suppressed and does not count');
    expect(text).toContain('Could not be checked: 12');
    expect(text).toContain('and 2 more in the report');
  });

  test('is sent no control characters of others', () => {
    const nasty = '\u001b]0;x\u0007 \u202e \u0085';
    const rendered = renderTerminal(
      reviewOf({
        insights: [
          insight({
            summary: nasty,
            title: 'T',
            subject: { kind: 'query', name: nasty },
            location: { file: nasty, line: 1, endLine: 1 },
          }),
        ],
        unchecked: [{ subject: nasty, reason: nasty }],
      }),
      plain,
    );
    expect(rendered).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});
