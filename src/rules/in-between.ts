import { sumOf } from '../estimates/range.ts';
import type { PlacedStatement } from '../migrations/transactions.ts';
import type { Range } from '../model/estimate.ts';
import type { Facts } from './facts.ts';
import type { StepFacts } from './step-facts.ts';

/** From the commit of one transaction to that of another: the time that the statements after the first take. */
export function secondsBetween(facts: Facts, from: PlacedStatement, to: PlacedStatement): Range {
  const { statements } = facts;
  const endOfTransaction = ({ statement }: PlacedStatement) =>
    statements.findLastIndex(
      (each) =>
        each.statement === statement ||
        (statement.transaction !== null && each.statement.transaction === statement.transaction),
    );
  const between = statements.slice(endOfTransaction(from) + 1, endOfTransaction(to) + 1);
  return sumOf(between.map((each) => facts.secondsOf(each)));
}

/**
 * The statement that ends what a query goes through from a step on: of the first later step where it is over, or else
 * the last one that touches what the query uses.
 *
 * @param at which step it is, of all
 */
export function endOf(
  facts: Facts,
  at: number,
  fingerprint: string,
  isOver: (step: StepFacts) => boolean,
): PlacedStatement {
  const [step, ...later] = facts.steps.slice(at);
  const end = later.find((each) => each.queries.has(fingerprint) && isOver(each));
  const settled = end?.queries.get(fingerprint)?.by ?? step?.queries.get(fingerprint)?.settledBy;
  if (settled === undefined) throw new Error(`the query ${fingerprint} was not looked at there`);
  return settled;
}

/** `migrations/3_build.sql:1`. */
export function placeOf({ file, statement }: PlacedStatement): string {
  return `${file}:${statement.line}`;
}
