import type { Remediation } from '../../model/insight.ts';

/**
 * The remedies of several queries as one, the first of each: it is verified where all are, and its effect is theirs together.
 * None where one query has none.
 */
export function inOne(found: readonly (readonly Remediation[])[]): readonly Remediation[] {
  const firsts = found.flatMap((remedies) => remedies.slice(0, 1));
  const [first] = firsts;
  if (first === undefined || firsts.length < found.length) return [];
  const verified = firsts.every((each) => each.verified);
  const effects = firsts.flatMap(({ effect }) => effect ?? []);
  const unit = effects[0]?.unit ?? '';
  const sum = (of: 'before' | 'after') => Math.round(effects.reduce((all, each) => all + each[of], 0));
  const effect =
    verified && effects.length === firsts.length && effects.every((each) => each.unit === unit)
      ? { before: sum('before'), after: sum('after'), unit }
      : null;
  const text = firsts.map((each) => `${each.text};`).join('\n\n');
  return [{ ...first, text, verified, effect }];
}
