import { plainName, type Schema, type SchemaDifference, type SchemaObject } from '../model/schema.ts';
import type { CommittedTransaction } from './transactions.ts';

/**
 * What a transaction may do to a query that uses a name, from the least: `adds` something that makes no plan worse
 * and no name ambiguous, such as an index; `names` something new, which may be meant in the place of something else;
 * `takes` away or alters what was there.
 */
export type Touch = 'adds' | 'names' | 'takes';

/** Names, without schema and in lower case, and what a transaction does to them. */
export type Touched = ReadonlyMap<string, Touch>;

/** Stands for every name: what an extension or a schema holds is not looked up. */
const everything = '*';

const order = ['adds', 'names', 'takes'] as const satisfies readonly Touch[];

/** Kinds that a query cannot mean something else by, once there are more of them. */
const harmlessNew: ReadonlySet<SchemaObject['kind']> = new Set([
  'constraint',
  'default privileges',
  'event trigger',
  'index',
  'partitioned table',
  'publication',
  'sequence',
  'statistics',
  'table',
  'trigger',
]);

/**
 * What each of the transactions does to names of relations, functions and types. What a view or a function is made of
 * counts as its own.
 *
 * @param schemas of base and head, whose views and functions are followed
 * @param reportAs the table that a partition belongs to; other tables are their own
 */
export function touchedBy(
  transactions: readonly CommittedTransaction[],
  schemas: readonly Schema[],
  reportAs: (table: string) => string,
): readonly Touched[] {
  const users = schemas.flatMap((schema) => [...schema.values()].flatMap(usingObject));
  return transactions.map((transaction) => {
    const touched = new Map<string, Touch>();
    for (const { statement } of transaction) {
      for (const difference of statement.differences) {
        const touch = touchOf(difference);
        for (const name of namesOf(difference, reportAs)) raise(touched, name, touch);
      }
    }
    followUsers(touched, users);
    return touched;
  });
}

/** The strongest thing that a transaction does to any name of a text; null for none. */
export function touchOn(touched: Touched, words: ReadonlySet<string>, text: string): Touch | null {
  return strongest([...touched].flatMap(([name, touch]) => (isIn(name, words, text) ? touch : [])));
}

/** Words of a text in lower case, as {@link touchOn} wants them. */
export function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(word));
}

const word = /[\p{L}_][\p{L}\p{N}_$]*/gu;
const oneWord = /^[\p{L}_][\p{L}\p{N}_$]*$/u;

function isIn(name: string, words: ReadonlySet<string>, text: string): boolean {
  if (name === everything) return true;
  return oneWord.test(name) ? words.has(name) : text.toLowerCase().includes(name);
}

function strongest(touches: readonly Touch[]): Touch | null {
  return touches.toSorted((a, b) => order.indexOf(b) - order.indexOf(a))[0] ?? null;
}

function touchOf(difference: SchemaDifference): Touch {
  if (difference.kind !== 'created') return 'takes';
  return harmlessNew.has(difference.object.kind) ? 'adds' : 'names';
}

function namesOf(difference: SchemaDifference, reportAs: (table: string) => string): readonly string[] {
  const objects = difference.kind === 'altered' ? [difference.before, difference.after] : [difference.object];
  return objects.flatMap((object): readonly string[] => {
    if (object.kind === 'extension' || object.kind === 'schema') return [everything];
    return 'table' in object ? tableNames(object.table, reportAs) : tableNames(object.name, reportAs);
  });
}

function tableNames(name: string, reportAs: (table: string) => string): readonly string[] {
  return [name, reportAs(name)].map((each) => plainName(each).toLowerCase());
}

/** A view or a function, and the words of its definition. */
interface UsingObject {
  readonly name: string;
  readonly text: string;
  readonly words: ReadonlySet<string>;
}

function usingObject(object: SchemaObject): readonly UsingObject[] {
  switch (object.kind) {
    case 'view':
    case 'function': {
      const { name, definition } = object;
      return [{ name: plainName(name).toLowerCase(), text: definition, words: wordsOf(definition) }];
    }
    default:
      return [];
  }
}

function followUsers(touched: Map<string, Touch>, users: readonly UsingObject[]): void {
  for (let isComplete = touched.size === 0; !isComplete; ) {
    isComplete = true;
    for (const { name, words, text } of users) {
      const touch = touchOn(touched, words, text);
      if (touch !== null && raise(touched, name, touch)) isComplete = false;
    }
  }
}

/** @returns whether it was less before */
function raise(touched: Map<string, Touch>, name: string, touch: Touch): boolean {
  const before = touched.get(name);
  if (before !== undefined && order.indexOf(before) >= order.indexOf(touch)) return false;
  touched.set(name, touch);
  return true;
}
