import { matchesGlob } from 'node:path/posix';
import type { Query } from '../model/query.ts';
import { namesRule, type Suppression } from '../model/suppression.ts';
import type { Judgement } from './judge.ts';
import type { Finding } from './rule.ts';

/** Queries by fingerprint. */
export type QueriesByFingerprint = ReadonlyMap<string, Query>;

/** Whether a suppression is meant for what a rule found. */
export function covers(
  { rule: pattern, scope }: Suppression,
  { rule, finding }: Judgement,
  queries: QueriesByFingerprint,
): boolean {
  if (!namesRule(pattern, rule.id)) return false;
  const query = queryOf(finding, queries);
  const places = placesOf(finding, query);
  switch (scope.kind) {
    case 'statement':
      return places.some(
        ({ file, line }) => file === scope.file && line >= scope.line && line <= scope.endLine,
      );
    case 'file':
      return places.some(({ file }) => file === scope.file);
    case 'matching': {
      const { path, table, query: name, route } = scope;
      return (
        (path === null || places.some(({ file }) => isFile(path, file))) &&
        (table === null || isAboutTable(finding, table)) &&
        (name === null || (query !== null && isQuery(name, query))) &&
        (route === null || isOfRoute(finding, route))
      );
    }
    case 'nothing':
      return false;
    default:
      return scope satisfies never;
  }
}

/**
 * Whether its last day has passed.
 *
 * @param today as `2026-12-31`
 */
export function hasEnded({ scope }: Suppression, today: string): boolean {
  return scope.kind === 'matching' && scope.until !== null && scope.until < today;
}

/** Whether a file is that of the path, or matches it as a glob. */
export function isFile(path: string, file: string): boolean {
  return path === file || matchesGlob(file, path);
}

/** Whether a query is called so, or has that fingerprint. */
export function isQuery(name: string, query: Query): boolean {
  return query.name === name || query.fingerprint === name;
}

function queryOf({ subject, identity }: Finding, queries: QueriesByFingerprint): Query | null {
  // A trace is known by its service and its route, and by the query in it that is meant.
  const fingerprint = subject.kind === 'trace' ? identity[2] : identity[0];
  if ((subject.kind !== 'query' && subject.kind !== 'trace') || fingerprint === undefined) return null;
  return queries.get(fingerprint) ?? null;
}

function isOfRoute({ subject, identity }: Finding, pattern: string): boolean {
  const [, route = ''] = identity;
  return subject.kind === 'trace' && route !== '' && isFile(pattern, route);
}

interface Place {
  readonly file: string;
  readonly line: number;
}

/** Where a finding stands; a query that is written in several places stands in all of them. */
function placesOf({ location }: Finding, query: Query | null): readonly Place[] {
  const origins = (query?.origins ?? []).flatMap(({ file, line }): readonly Place[] =>
    file === null || line === null ? [] : [{ file, line }],
  );
  return location === null ? origins : [location, ...origins];
}

/** A finding is about the table that it names; one that names none, about the only one that its plan scans. */
function isAboutTable({ subject, evidence: { facts, scans } }: Finding, table: string): boolean {
  const named = subject.kind === 'table' ? subject.name : facts['table'];
  const tables = typeof named === 'string' ? [named] : scans.map((scan) => scan.table);
  return tables.length > 0 && tables.every((each) => each === table || each.endsWith(`.${table}`));
}
