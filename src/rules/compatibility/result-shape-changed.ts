import type { Severity } from '../../model/insight.ts';
import {
  type ChangedResult,
  type ColumnsInResults,
  changedResults,
  columnsInResults,
  isOfColumn,
  retypedInResults,
} from '../changed-results.ts';
import type { Facts } from '../facts.ts';
import { onCause } from '../on-cause.ts';
import { queryLocation, querySubject } from '../on-plan.ts';
import type { ResultChange } from '../result-changes.ts';
import { returnedAs } from '../returned-as.ts';
import { defineRule, evidence, type Finding } from '../rule.ts';
import { namesInWords } from '../senders-in-words.ts';
import { worstOf } from '../severity.ts';
import { namesOf, queriesOf, type Usage } from '../usage.ts';

export default defineRule({
  id: 'compatibility/result-shape-changed',
  title: 'Queries return something else',
  message:
    '{change}[[; {homonym} is in the result already, and drivers that go by names give one of the two]][[; {positional} takes columns by their position]]',
  triggeredWhen:
    'a captured query of the running version runs at base and at head, and PostgreSQL describes its result otherwise: more, fewer or reordered columns, other types, or NULLs where there were none',
  impact:
    'code that takes columns by their position reads others or fails, and what copies whole rows passes on what it does not know; sessions that have prepared such a query get "cached plan must not change result type" until they prepare it again, and lose the transaction in which that happens',
  remediation: [
    {
      kind: 'advice',
      title: 'Name the columns',
      text: 'Release code that lists the columns it needs in place of `*`, before the change.',
    },
    {
      kind: 'advice',
      title: 'Have statements prepared anew',
      text: 'Where the driver prepares statements, have its connections replaced right after the migration: an idle one keeps what it has prepared.',
    },
  ],
  core: false,
  *check(facts) {
    const results = changedResults(facts);
    for (const columns of columnsInResults(facts, results)) yield onColumns(facts, columns);
    for (const retyped of retypedInResults(facts, results)) yield onRetyped(retyped);
    const isTold = isOfColumn(facts);
    for (const { usage, changes } of results) {
      const others = changes.filter((change) => !isTold(change));
      if (others.length > 0) yield onQuery(facts, { usage, changes: others });
    }
  },
});

/** Columns that one statement adds or takes away: told once, with all queries in whose results that shows. */
function onColumns(facts: Facts, { kind, columns }: ColumnsInResults): Finding {
  const [{ column, by }] = columns;
  const results = [...new Set(columns.flatMap((each) => each.results))];
  const names = columns.map((each) => each.column.name);
  const homonyms = results
    .flatMap(({ changes }) => changes)
    .flatMap((change) =>
      change.kind === 'added' && change.isHomonym && names.includes(change.column.name)
        ? change.column.name
        : [],
    );
  const positional = positionalSenders(facts, results);
  const isMissed = kind === 'removed' || homonyms.length > 0;
  const using = results.map(({ usage }) => usage);
  const [verb, preposition] = kind === 'added' ? ['adds', 'to'] : ['takes', 'from'];
  const figures = {
    table: column.table,
    column: column.name,
    change: `${verb} ${names.join(', ')} of ${column.table} ${preposition} what ${returnedBy(using)}`,
    homonym: homonyms.length === 0 ? null : [...new Set(homonyms)].join(', '),
    positional,
  };
  return onCause(
    by,
    column,
    positional !== null ? 'high' : isMissed ? 'medium' : 'low',
    figures,
    queriesOf(using),
  );
}

/** A type that is the same to code, and another one to what is prepared. */
function onRetyped({ before, column, by, results }: ReturnType<typeof retypedInResults>[number]): Finding {
  const using = results.map(({ usage }) => usage);
  const change = `makes ${before.name} of ${before.table} ${column.type} instead of ${before.type} in what ${returnedBy(using)}`;
  const figures = { table: before.table, column: before.name, change, homonym: null, positional: null };
  return onCause(by, column, 'low', figures, queriesOf(using));
}

/** The end of a sentence: `2 captured queries return: a, b`. */
function returnedBy(using: readonly Usage[]): string {
  const count = using.length === 1 ? 'a captured query returns' : `${using.length} captured queries return`;
  return `${count}: ${namesOf(using)}`;
}

function onQuery(facts: Facts, result: ChangedResult): Finding {
  const { usage, changes } = result;
  const { query } = usage;
  const positional = positionalSenders(facts, [result]);
  return {
    severity: worstOf(changes.map((change) => severityOf(change, positional !== null))),
    confidence: 'observed',
    subject: querySubject(query),
    location: queryLocation(query),
    evidence: evidence({
      facts: {
        change: changes.map(inWords).join('; '),
        homonym: null,
        positional: changes.some(({ kind }) => isOfPlaces(kind)) ? positional : null,
      },
      sql: query.sql,
    }),
    identity: [query.fingerprint],
  };
}

function isOfPlaces(kind: ResultChange['kind']): boolean {
  return kind === 'added' || kind === 'removed' || kind === 'reordered';
}

function severityOf(change: ResultChange, isPositional: boolean): Severity {
  switch (change.kind) {
    case 'added':
      return isPositional ? 'high' : change.isHomonym ? 'medium' : 'low';
    case 'removed':
      return isPositional ? 'high' : 'medium';
    case 'reordered':
      return isPositional ? 'high' : 'low';
    case 'retyped':
      return returnedAs(change.before.type) === returnedAs(change.after.type) ? 'low' : 'medium';
    case 'nullable':
      return 'medium';
    case 'parameter':
      return 'low';
    default:
      return change satisfies never;
  }
}

function inWords(change: ResultChange): string {
  switch (change.kind) {
    case 'added':
      return `returns ${change.column.name} as well`;
    case 'removed':
      return `no longer returns ${change.column.name}`;
    case 'reordered':
      return 'returns its columns in another order';
    case 'retyped':
      return `returns ${change.after.name} as ${change.after.type}, which was ${change.before.type}`;
    case 'nullable':
      return `can return NULL as ${change.after.name}, which it could not`;
    case 'parameter':
      return `takes $${change.number} as ${change.after}, which was ${change.before}`;
    default:
      return change satisfies never;
  }
}

/** Services that read by position and send one of these queries, in words; null where there are none. */
function positionalSenders(facts: Facts, results: readonly ChangedResult[]): string | null {
  const { positional } = facts.results;
  const senders = results.flatMap(({ usage }) => facts.sendersOf(usage.query));
  const reading = senders.filter(({ service }) =>
    typeof positional === 'boolean' ? positional : service !== null && positional.includes(service),
  );
  if (reading.length === 0) return null;
  return namesInWords([...new Set(reading.flatMap(({ service }) => service ?? []))].toSorted());
}
