import { constantText } from '../../sql/comparisons.ts';
import { parseExpression, walk } from '../../sql/expression.ts';

/** The constants of expressions, as texts. What a check compares with tells which values meet it. */
export function constantsIn(expressions: readonly string[]): readonly string[] {
  const texts = expressions.flatMap((expression) => {
    const root = parseExpression(expression);
    return root === null ? [] : [...walk(root)].flatMap((node) => constantText(node) ?? []);
  });
  return [...new Set(texts)];
}
