import { describe, expect, test } from '@jest/globals';
import { CaptureWindow } from '../../src/workload/window.ts';

describe('how long a capture lasted', () => {
  test.each<[string, readonly (number | null)[], number | null]>([
    ['from its first to its last execution', [70_000, 10_000, 40_000], 60_000],
    ['is not known where an execution does not tell when it began', [10_000, 70_000, null], null],
    ['is not known from executions that all began within seconds', [10_000, 12_000], null],
    ['is not known without executions', [], null],
  ])('%s', (_, starts, expected) => {
    const window = new CaptureWindow();
    for (const startedAt of starts) window.add({ startedAt });
    expect(window.milliseconds).toBe(expected);
  });
});
