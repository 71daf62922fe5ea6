import { statementsOf } from '../sql/statements.ts';
import { languageOf } from './languages.ts';
import { sqlLiterals } from './literals.ts';
import { mayBe, type SqlKey, sqlKey } from './sql-key.ts';

/** A line of a file of the repository, from 1. */
export interface TextPlace {
  readonly file: string;
  readonly line: number;
}

/** Code of others, and what programs write. */
const notWritten =
  /(?:^|\/)(?:node_modules|vendor|third_party|bower_components|dist|build|out|coverage|target|\.next|generated|__generated__)\/|\.min\.\w+$|[._-]generated\.\w+$|_pb2?\.\w+$|\.g\.\w+$/i;

/** Whether texts of a file, by its path, may be queries that somebody wrote. */
export function mayHoldQueries(path: string): boolean {
  return !notWritten.test(path) && (path.endsWith('.sql') || languageOf(path) !== null);
}

const verb = /\b(?:SELECT|INSERT|UPDATE|DELETE|MERGE)\b/i;

/** Where the texts of queries stand in source code. */
export class QueryTexts {
  readonly #places = new Map<string, { readonly place: TextPlace; readonly literal: SqlKey }[]>();

  add(file: string, source: string): void {
    if (!verb.test(source) || source.slice(0, 2_000).includes('@generated')) return;
    for (const { text, line } of textsIn(file, source)) {
      const literal = sqlKey(text);
      if (literal === null) continue;
      const found = { place: { file, line }, literal };
      const known = this.#places.get(literal.key);
      if (known === undefined) this.#places.set(literal.key, [found]);
      else known.push(found);
    }
  }

  /** The one place that can have sent a text; null where there is none, or more than one. */
  find(sql: string): TextPlace | null {
    const captured = sqlKey(sql);
    if (captured === null) return null;
    const found = (this.#places.get(captured.key) ?? []).filter(({ literal }) => mayBe(captured, literal));
    return found.length === 1 ? (found[0]?.place ?? null) : null;
  }
}

function textsIn(file: string, source: string): readonly { readonly text: string; readonly line: number }[] {
  const language = languageOf(file);
  if (language !== null) return sqlLiterals(source, language);
  const parsed = statementsOf(source);
  return parsed.kind === 'unreadable' ? [] : parsed.value.map(({ sql, line }) => ({ text: sql, line }));
}
