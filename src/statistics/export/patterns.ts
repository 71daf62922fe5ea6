import { CannotReview, problem } from '../../model/problem.ts';

/** Which tables are to be read: globs of `schema.table`, or of the table alone in whatever schema. */
export interface Selection {
  /** All tables, where it is empty. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

interface Named {
  readonly schema: string;
  readonly name: string;
}

/**
 * The tables that are selected.
 *
 * @throws CannotReview where a pattern matches nothing: who misspells what is to be left out would not notice.
 */
export function select<T extends Named>(tables: readonly T[], { include, exclude }: Selection): readonly T[] {
  const unmatched = [
    ...include.filter(matchesNone(tables)).map((each) => noTable('--include', each)),
    ...exclude.filter(matchesNone(tables)).map((each) => noTable('--exclude', each)),
  ];
  if (unmatched.length > 0) throw new CannotReview(unmatched);
  const isIncluded = include.length === 0 ? () => true : matchesAny(include);
  const isExcluded = matchesAny(exclude);
  return tables.filter((each) => isIncluded(each) && !isExcluded(each));
}

function noTable(option: string, pattern: string) {
  return problem(
    `no table of the database matches ${option} ${pattern}`,
    'a pattern is a glob such as public.*, audit.log_* or orders',
  );
}

function matchesNone(tables: readonly Named[]): (pattern: string) => boolean {
  return (pattern) => !tables.some(toTest(pattern));
}

function matchesAny(patterns: readonly string[]): (table: Named) => boolean {
  const tests = patterns.map(toTest);
  return (table) => tests.some((test) => test(table));
}

/** `*` stands for any characters, `?` for one. The first dot ends the schema. */
function toTest(pattern: string): (table: Named) => boolean {
  const dot = pattern.indexOf('.');
  const schema = glob(dot === -1 ? '*' : pattern.slice(0, dot));
  const name = glob(pattern.slice(dot + 1));
  return (table) => schema.test(table.schema) && name.test(table.name);
}

function glob(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'su');
}
