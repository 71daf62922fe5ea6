import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Trace, TraceStatement } from '../../src/model/trace.ts';
import { repetitionOf } from '../../src/rules/trace-loops.ts';
import { orderOf } from '../../src/rules/trace-order.ts';
import { tablesByName } from '../../src/sql/rewrite/sources.ts';

/** Whatever order statements come in. */

const shapes = ['a', 'b', 'c', 'd'] as const;

function statement(shape: (typeof shapes)[number], index: number): TraceStatement {
  return {
    fingerprint: shape,
    sql: `SELECT x FROM ${shape} WHERE id = $1`,
    execution: `${shape}${index}`,
    values: String(index),
    control: null,
    isDefinition: false,
    startedAt: index,
    durationMs: 1,
    rows: null,
    file: null,
    line: null,
  };
}

function traceOf(order: readonly (typeof shapes)[number][]): Trace {
  const statements = order.map(statement);
  return {
    id: 'one',
    service: null,
    route: 'GET /',
    isolation: null,
    occurrences: 1,
    statements,
    leftOut: 0,
  };
}

const orders = fc.array(fc.constantFrom(...shapes), { maxLength: 60 }).map(traceOf);
const none = tablesByName([]);

test('no statement is told twice, and all that is told stands in the trace in its order', () => {
  fc.assert(
    fc.property(orders, (trace) => {
      const { loops, sequences } = repetitionOf(trace, none);
      const told = [
        ...loops.map((each) => each.statements),
        ...sequences.map((each) => each.repetitions.flat()),
      ];
      const all = told.flat();
      expect(new Set(all).size).toBe(all.length);
      for (const statements of told) {
        const places = statements.map((each) => trace.statements.indexOf(each));
        expect(places).toEqual(places.toSorted((a, b) => a - b));
        expect(places).not.toContain(-1);
      }
    }),
  );
});

test('a source stands before its loop, and is no part of it', () => {
  fc.assert(
    fc.property(orders, (trace) => {
      for (const { statements, source, within } of repetitionOf(trace, none).loops) {
        if (source === null) continue;
        expect(statements).not.toContain(source);
        const [first] = statements;
        if (first === undefined || within !== null) continue;
        expect(trace.statements.indexOf(source)).toBeLessThan(trace.statements.indexOf(first));
      }
    }),
  );
});

test('a loop of any length is found, wherever it stands', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 40 }), fc.boolean(), (times, isLast) => {
      const loop = Array.from({ length: times }, () => 'b' as const);
      const trace = traceOf(isLast ? ['a', ...loop] : ['a', ...loop, 'c', 'd']);
      expect(repetitionOf(trace, none).loops.map(({ statements }) => statements.length)).toEqual([times]);
    }),
  );
});

test('an order says how often each step comes, and never grows beyond some lines', () => {
  const repeated = traceOf(['a', 'b', 'c', 'b', 'c', 'b', 'c', 'd']).statements;
  expect(orderOf(repeated)).toBe(
    'SELECT x FROM a WHERE id = $1 → (SELECT x FROM b WHERE id = $1 → SELECT x FROM c WHERE id = $1) × 3 → SELECT x FROM d WHERE id = $1',
  );
  fc.assert(fc.property(orders, ({ statements }) => expect(orderOf(statements).length).toBeLessThan(4_000)));
});
