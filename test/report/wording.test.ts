import { describe, expect, test } from '@jest/globals';
import { fill } from '../../src/report/wording.ts';

describe('parts of a sentence that depend on a figure', () => {
  const template =
    'costs {cost:count}[[; {calls:count} calls keep {busy:count} connections]][[ of {pool:count}]]';

  test.each([
    [{ cost: 1200, calls: 50, busy: 698, pool: 20 }, 'costs 1,200; 50 calls keep 698 connections of 20'],
    [{ cost: 1200, calls: 50, busy: 698, pool: null }, 'costs 1,200; 50 calls keep 698 connections'],
    [{ cost: 1200, calls: 50, busy: null, pool: null }, 'costs 1,200'],
    [{ cost: null, calls: null, busy: null, pool: null }, 'costs nothing'],
  ])('%j', (facts, sentence) => {
    expect(fill(template, facts)).toBe(sentence);
  });

  test('a fact that is missing is a mistake, whatever depends on it', () => {
    expect(() => fill(template, { cost: 1, calls: 2, pool: 3 })).toThrow('the evidence has no fact "busy"');
  });

  test('brackets within a fact are text', () => {
    expect(fill('{name:code}[[ on {table}]]', { name: 'a[[{table}]]', table: null })).toBe('`a[[{table}]]`');
  });
});
