import type { Draft } from '../../../model/migration.ts';

/** Statements as the text of a file. */
export function sqlOf(statements: readonly string[]): string {
  return `${statements.join(';\n')};\n`;
}

/**
 * Drafts with at most one statement where none may share a transaction: for tools that send a file as one query,
 * in which several statements would share one.
 */
export function eachAlone(drafts: readonly Draft[]): readonly Draft[] {
  return drafts.flatMap((draft): readonly Draft[] => {
    if (draft.transaction === 'one' || draft.statements.length === 1) return [draft];
    return draft.statements.map((statement, index) => ({
      ...draft,
      title: `${draft.title}_${index + 1}`,
      statements: [statement],
    }));
  });
}

/** Numbers from 1, with as many digits as the last one, so that they sort as texts. */
export function numberOf(index: number, count: number): string {
  return String(index + 1).padStart(String(count).length, '0');
}
