import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { label, planChart } from '../../../src/report/markdown/mermaid.ts';
import { deepPlan, node } from '../../support/plan.ts';

/** What can stand in a quoted label and means nothing to Mermaid, to Markdown or to HTML (tried in Mermaid 11 and 12). */
const inert = /^(?:[A-Za-z0-9 ,.…]|#\d+;)*$/;

/** What Mermaid makes of a label: characters in place of their numbers. */
function decoded(text: string): string {
  return text.replaceAll(/#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
}

const identifier = fc
  .oneof(
    fc.string({ maxLength: 30 }),
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc
      .array(
        fc.constantFrom(
          '"',
          '`',
          '<b>',
          '</script>',
          '#',
          ';',
          '(',
          ')',
          '[',
          ']',
          '{',
          '}',
          '|',
          '%%',
          '%%{init: {}}%%',
          'end',
          'style',
          ':',
          '::text',
          'classDef',
          '-->',
          '&amp;',
          '#quot;',
          '\\',
          "'",
          '\n',
          '_x_',
          '**',
          '~~',
          '$$',
          '°°',
          '¶ß',
          '\u202e',
          'é',
          '表',
          'https://x.y',
          'www.x.y',
          'a@b.co',
          'fa:fa-ban',
          '```',
        ),
      )
      .map((parts) => parts.join('')),
  )
  .filter((text) => text.isWellFormed());

describe('a label', () => {
  test('holds nothing that Mermaid reads, whatever an identifier is made of', () => {
    fc.assert(
      fc.property(identifier, (name) => {
        for (const line of label([name, name]).split('<br>')) expect(line).toMatch(inert);
        // Once decoded, it is read as Markdown.
        expect(decoded(label([name]))).not.toMatch(
          /[\\`*~]|(?<![a-z0-9])_|(?<!:):(?!:)|°|¶|[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/i,
        );
      }),
      { numRuns: 500 },
    );
  });

  test('shows what it is given, in so many characters', () => {
    expect(decoded(label(['on public."Order; Lines"', "(o.note = 'a#b'::text)"]))).toBe(
      `on public."Order; Lines"<br>(o.note = 'a#b'::text)`,
    );
    expect([...decoded(label(['x'.repeat(200)]))]).toHaveLength(48);
  });
});

describe('the flowchart of a plan', () => {
  test('has at most a dozen nodes, and counts the others where they are', () => {
    const lines = planChart(deepPlan(20)).split('\n');
    const nodes = lines.filter((line) => /^ {2}n\d+\[/.test(line));
    expect(nodes).toHaveLength(12);
    const left = lines.flatMap((line) => /… ([\d,]+) more node/.exec(line)?.[1] ?? []);
    expect(left.reduce((sum, count) => sum + Number(count), 0)).toBe(41 - 12);
  });

  test('keeps a plan that is small whole, and marks the costly way and what changed', () => {
    const lines = planChart(deepPlan(2)).split('\n');
    expect(lines.filter((line) => line.includes(' ==> '))).toEqual(['  n0 ==> n1', '  n1 ==> n2']);
    expect(lines.filter((line) => line.includes(' --> '))).toEqual(['  n0 --> n4', '  n1 --> n3']);
    expect(lines).toContain('  class n2 cause');
    expect(lines.join()).not.toContain('more node');
  });

  test('ends its fence itself, whatever a table is called', () => {
    fc.assert(
      fc.property(identifier, (relation) => {
        const lines = planChart(node({ relation, condition: relation })).split('\n');
        expect(lines[0]).toBe('```mermaid');
        expect(lines.at(-1)).toBe('```');
        expect(lines.filter((line) => line.startsWith('```'))).toHaveLength(2);
        expect(lines).toHaveLength(10);
      }),
    );
  });
});
