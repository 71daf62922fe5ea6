import { describe, expect, test } from '@jest/globals';
import { micromark } from 'micromark';
import type { Insight, Remediation } from '../../src/model/insight.ts';
import { renderMarkdown } from '../../src/report/markdown/review.ts';
import { remediationOf, verifiedInWords } from '../../src/report/remediation.ts';
import { renderTerminal } from '../../src/report/terminal/review.ts';
import { insight, reviewOf } from '../support/review.ts';

function remedy(parts: Partial<Remediation>): Remediation {
  return { kind: 'advice', title: 'T', text: 'x', verified: false, effect: null, migration: null, ...parts };
}

function migration(count: number, text = 'SELECT 1;\n'): Remediation {
  const files = Array.from({ length: count }, (_, index) => ({ path: `m/2_${index}.sql`, text }));
  return remedy({
    kind: 'migration',
    title: 'In steps',
    verified: true,
    effect: { before: 56.4, after: 0.3, unit: 'seconds under a lock' },
    migration: { replaces: 'm/2.sql', alsoReplaces: [], files, advice: ['Run `it` again.'] },
  });
}

const told = remedy({ title: 'Do' });
const query = remedy({ kind: 'sql', title: 'Look', text: 'SELECT 2;' });
const whole = migration(2);
const reference = remedy({ title: 'In steps', text: 'See line 1.', verified: true });

describe('what to do about a subject', () => {
  const about = (first: readonly Remediation[], second: readonly Remediation[]) =>
    remediationOf({
      worst: insight({ remediation: first }),
      others: [insight({ remediation: second })],
      folded: [],
    });

  test.each<[string, readonly Remediation[], readonly Remediation[], readonly Remediation[]]>([
    ['the advice of the worst stands for that of others', [told], [remedy({ title: 'Else' })], [told]],
    ['what was tried stands for advice', [whole, told], [], [whole]],
    ['what can be run is shown of all', [told], [query, told], [told, query]],
    ['what can be run stays beside what was tried', [whole, query], [], [whole, query]],
    ['a reference gives way to what it refers to', [reference, told], [whole], [whole]],
    ['the same is shown once', [query], [query], [query]],
  ])('%s', (_, first, second, expected) => expect(about(first, second)).toEqual(expected));
});

test.each<[Remediation, string]>([
  [told, ''],
  [reference, 'verified'],
  [whole, 'verified: 56 s → 0.3 s under a lock'],
  [remedy({ verified: true, effect: { before: 5.5, after: 0, unit: 'seconds' } }), 'verified: 5.5 s → 0 s'],
  [
    remedy({ verified: true, effect: { before: 2_900_000, after: 10_000, unit: 'rows at once' } }),
    'verified: 2,900,000 → 10,000 rows at once',
  ],
])('what a trial measured is told: %#', (remediation, expected) => {
  expect(verifiedInWords(remediation)).toBe(expected);
});

const index = (after: number, title = 'Create an index') =>
  remedy({
    kind: 'sql',
    title,
    text: `CREATE INDEX CONCURRENTLY ON t (a${after})`,
    verified: true,
    effect: { before: 245_676, after, unit: 'planner cost' },
  });
const rewritten = remedy({
  kind: 'query',
  title: 'Write it as a join',
  text: 'SELECT 3',
  verified: true,
  effect: { before: 245_676, after: 5_000, unit: 'planner cost' },
});

describe('several ways that were tried for one query', () => {
  const all = [rewritten, index(9_000), index(904), told];
  const shown = reviewOf({ insights: [insight({ remediation: all })] });

  test('are each an own way, also where they are called the same', () => {
    const about = { worst: insight({ remediation: all }), others: [], folded: [] };
    expect(remediationOf(about)).toEqual([rewritten, index(9_000), index(904)]);
  });

  test('are shown in a comment with the best first, and the others folded below it', () => {
    const html = micromark(renderMarkdown(shown, { permalink: () => null, closing: null }), {
      allowDangerousHtml: true,
    });
    const [best = '', others = ''] = html.split('<summary>Other ways (2)</summary>');
    expect(best).toContain('<b>Create an index</b> (verified: planner cost 245,676 → 904)');
    expect(best).toContain('(a904)');
    expect(best).not.toContain('SELECT 3');
    expect(others.indexOf('SELECT 3')).toBeLessThan(others.indexOf('(a9000)'));
    expect(others).toContain('(verified: planner cost 245,676 → 5,000)');
  });

  test('are named in the terminal below the best', () => {
    const text = renderTerminal(shown, { width: 120, color: false }).replaceAll(/\s+/g, ' ');
    expect(text).toContain('→ Create an index (verified: planner cost 245,676 → 904): CREATE INDEX');
    expect(text).toContain(
      'Other ways, in the full report: Write it as a join (verified: planner cost 245,676 → 5,000); Create an index',
    );
  });
});

function comment(remediation: Remediation): string {
  const insights: readonly Insight[] = [insight({ remediation: [remediation] })];
  return renderMarkdown(reviewOf({ insights }), { permalink: () => null, closing: null });
}

describe('a changed migration in a comment', () => {
  test('is a block for each file, below its name', () => {
    const blocks = comment(whole).match(/<code>m\/2_\d.sql<\/code>\n\n```sql\nSELECT 1;\n```/g);
    expect(blocks).toHaveLength(2);
    expect(comment(whole)).toContain(
      '(verified: 56 s → 0.3 s under a lock), in place of <code>m/2.sql</code>:',
    );
    expect(comment(whole)).toContain('- Run <code>it</code> again.');
  });

  test('is folded where there are many files', () => {
    const html = micromark(comment(migration(7)), { allowDangerousHtml: true });
    expect(html.match(/<details>/g)).toHaveLength(2);
    expect(html.match(/<pre>/g)).toHaveLength(8);
  });

  test('has its files whole, or names them', () => {
    const shown = comment(migration(3, `SELECT '${'x'.repeat(5_000)}';`));
    expect(shown.match(/^SELECT 'x{5000}';$/gm)).toHaveLength(2);
    expect(shown).toContain(
      '1 further file did not fit here; the full report has it: <code>m/2_2.sql</code>',
    );
  });
});

describe('the terminal', () => {
  const terminal = (remediation: Remediation) =>
    renderTerminal(reviewOf({ insights: [insight({ remediation: [remediation] })] }), {
      width: 60,
      color: false,
    });

  test('shows SQL as it can be copied, however long a line is', () => {
    const sql = `SELECT ${'a, '.repeat(40)}b;`;
    expect(terminal(remedy({ kind: 'sql', text: sql }))).toContain(`\n            ${sql}\n`);
    expect(terminal(migration(1, sql))).toContain(`\n            ${sql}\n`);
  });

  test('names the files where there are several, and says how many more', () => {
    expect(terminal(migration(3))).toMatch(
      /the full\s+report\s+holds\s+the\s+files:\n +m\/2_0.sql\n +m\/2_1.sql\n +m\/2_2.sql\n/,
    );
    expect(terminal(migration(11))).toContain('and 3 more files');
    expect(terminal(migration(3))).not.toContain('SELECT 1;\n');
  });
});
