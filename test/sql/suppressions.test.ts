import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { suppressionsIn } from '../../src/sql/suppressions.ts';

/** Suppressions in short: `rule (reason) scope @line`. */
function inShort(text: string): readonly string[] {
  return suppressionsIn('m.sql', text).map(({ rule, reason, scope, location }) => {
    const where = scope.kind === 'statement' ? `${scope.line}-${scope.endLine}` : scope.kind;
    return `${rule} (${reason}) ${where} @${location.line}`;
  });
}

describe('suppressions in comments', () => {
  test.each([
    ['-- pg-guardrails:ignore a/b -- tiny\nSELECT\n1;', ['a/b (tiny) 2-3 @1']],
    ['SELECT 1; -- pg-guardrails:ignore a/b -- tiny', ['a/b (tiny) 1-1 @1']],
    ['SELECT 1; -- pg-guardrails:ignore a/b — tiny', ['a/b (tiny) 1-1 @1']],
    [
      '--pg-guardrails:ignore a/b,c/d , e/f -- x -- y\nSELECT 1',
      ['a/b', 'c/d', 'e/f'].map((id) => `${id} (x -- y) 2-2 @1`),
    ],
    ['SELECT 1;\n\n-- pg-guardrails:ignore-file a/* -- old\n', ['a/* (old) file @3']],
    ['-- pg-guardrails:ignore a/b, -- x\nSELECT 1', ['a/b (x) 2-2 @1']],
    ['-- pg-guardrails:ignore a/b c/d -- x\nSELECT 1', ['a/b (x) 2-2 @1', 'c/d (x) 2-2 @1']],
    ['-- pg-guardrails:ignore a/b\nSELECT 1', ['a/b (null) 2-2 @1']],
    ['-- pg-guardrails:ignore a/b --\nSELECT 1', ['a/b (null) 2-2 @1']],
    ['-- pg-guardrails:ignore a/b because\nSELECT 1', ['a/b (null) 2-2 @1']],
    ['-- pg-guardrails:ignore -- why\nSELECT 1', [' (why) 2-2 @1']],
    ['-- pg-guardrails:ignore\r\nSELECT 1', [' (null) 2-2 @1']],
    ['-- pg-guardrails:ignore a/b -- far\n\nSELECT 1', ['a/b (far) nothing @1']],
    [
      '/*\n * pg-guardrails:ignore a/b -- over\n * lines\n * pg-guardrails:ignore c/d -- x\n *\n * no more\n */\nSELECT 1',
      ['a/b (over lines) 8-8 @2', 'c/d (x) 8-8 @4'],
    ],
    ['/* pg-guardrails:ignore a/b -- x */ SELECT 1', ['a/b (x) 1-1 @1']],
    ["SELECT '-- pg-guardrails:ignore a/b -- x'", []],
    ['DO $$\n-- pg-guardrails:ignore a/b -- x\n$$', []],
    ['-- see pg-guardrails:ignore a/b -- x\nSELECT 1', []],
    ['-- pg-guardrails:ignored a/b -- x\nSELECT 1', []],
    ['-- pg-guardrails:ignore a/b -- x\nNO SQL AT ALL\n', ['a/b (x) 1-3 @1']],
  ])('%j', (text, expected) => expect(inShort(text)).toEqual(expected));

  test('any rules and any reason are read back', () => {
    const rule = fc.stringMatching(/^[a-z]{1,5}\/[a-z-]{0,5}[a-z]$/);
    const reason = fc
      .stringMatching(/^[^\s\0](?:[^\r\n\0]*[^\s\0])?$/)
      .filter((text) => !/^(?:--|–|—)/.test(text));
    fc.assert(
      fc.property(fc.array(rule, { minLength: 1, maxLength: 4 }), reason, (rules, why) => {
        const text = `-- pg-guardrails:ignore ${rules.join(', ')} -- ${why}\nSELECT 1;`;
        expect(suppressionsIn('m.sql', text).map((each) => [each.rule, each.reason])).toEqual(
          rules.map((id) => [id, why]),
        );
      }),
    );
  });
});
