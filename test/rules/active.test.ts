import { expect, test } from '@jest/globals';
import { activeRules, defineRule } from '../../src/rules/rule.ts';

const parts = {
  title: '',
  message: '',
  triggeredWhen: '',
  impact: '',
  remediation: [],
  core: false,
  check: () => [],
};
const usual = defineRule({ id: 'query/usual', ...parts });
const style = defineRule({ id: 'query/style', default: 'off', ...parts });

test.each([
  [{}, ['query/usual']],
  [{ 'query/style': 'on' }, ['query/usual', 'query/style']],
  [{ 'query/usual': 'off' }, []],
  [{ 'query/usual': 'on', 'query/style': 'off' }, ['query/usual']],
] as const)('switches %j leave %j', (switches, ids) => {
  expect(activeRules([usual, style], switches).map(({ id }) => id)).toEqual(ids);
});
