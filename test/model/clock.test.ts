import { expect, test } from '@jest/globals';
import { Clock } from '../../src/model/clock.ts';

test('a phase that comes again is added up, and one that never came takes no time', () => {
  let now = 100;
  const clock = new Clock(() => now);
  const spend = (milliseconds: number) => {
    now += milliseconds;
  };
  spend(5);
  clock.lap('plan');
  spend(10);
  clock.lap('remedies');
  spend(20);
  clock.lap('judge');
  spend(40);
  clock.lap('remedies');
  spend(80);
  expect(clock.timings()).toEqual({
    sandbox: 0,
    base: 0,
    observe: 0,
    plan: 5,
    judge: 20,
    remedies: 50,
    total: 155,
  });
});
