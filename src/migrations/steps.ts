import type { Script, Wrapping } from '../model/migration.ts';
import { transactionControlOf } from '../sql/kind.ts';
import { Lines } from '../sql/position.ts';
import { statementsOf } from '../sql/statements.ts';
import type { Grouping } from './run.ts';
import type { Step } from './statement.ts';

/** A script's statements. One that PostgreSQL's newest grammar cannot read is one step: the server decides about it. */
export function stepsOf({ text, lines }: Pick<Script, 'text' | 'lines'>): readonly Step[] {
  const parsed = statementsOf(text);
  if (parsed.kind === 'unreadable') {
    return [{ sql: text, offset: 0, line: 1, endLine: new Lines(text).lineAt(text.length), control: null }];
  }
  return parsed.value.map(({ sql, offset, line, endLine, node }, index) => ({
    sql,
    offset,
    ...(lines === undefined ? { line, endLine } : oneLine(lines[index] ?? 1)),
    control: transactionControlOf(node),
  }));
}

/**
 * How to run the statements of a script: each grouping after the first is for the case that a statement refuses
 * the one before. Where no tool is known, asking PostgreSQL beats a list of statements.
 */
export function groupingsFor(wrapping: Wrapping, steps: readonly Step[]): readonly Grouping[] {
  switch (wrapping) {
    case 'transaction':
      return ['one transaction'];
    case 'one query':
      // A simple query of several statements is an implicit transaction; a single one commits alone.
      return steps.length === 1 ? ['each alone'] : ['one transaction'];
    case 'statements':
      return ['each alone'];
    case 'deploy':
      return ['deploy'];
    case 'unknown':
      return ['one transaction', 'each alone'];
    default:
      return wrapping satisfies never;
  }
}

function oneLine(line: number): Pick<Step, 'line' | 'endLine'> {
  return { line, endLine: line };
}
