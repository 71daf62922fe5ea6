import { CannotReview, problem } from '../../model/problem.ts';
import type {
  ExportedColumn,
  ExportedIndex,
  ExportedRelation,
  ProductionStatistics,
} from '../../model/production.ts';
import { attributeStatistics } from './attribute.ts';
import { type RestoreCall, restoreCalls } from './calls.ts';

type ExportedExpression = ExportedIndex['expressions'][number];

/** A relation that is put together from its calls. */
interface Draft {
  readonly schema: string;
  readonly name: string;
  rows: number;
  pages: number;
  allVisible: number;
  readonly columns: Map<string, ExportedColumn>;
  /** By their numbers, which only indexes have. */
  readonly expressions: ExportedExpression[];
}

/** Whether a text calls the functions that restore statistics. */
export function isDump(text: string): boolean {
  return /\bpg_restore_(?:relation|attribute)_stats\b/.test(text);
}

/**
 * Reads a script of `pg_dump --statistics-only`, of PostgreSQL 18 on.
 *
 * @param takenAt when the script was written, in ISO 8601: it does not tell
 * @throws CannotReview where a call cannot be read.
 */
export function readDump(path: string, script: string, takenAt: string): ProductionStatistics {
  const drafts = new Map<string, Draft>();
  let version = 0;
  const calls = restoreCalls(script, (line, reason) => {
    throw new CannotReview([
      problem(`a call that restores statistics cannot be read: ${reason}`, null, { file: path, line }),
    ]);
  });
  for (const call of calls) {
    version = Math.max(version, numberOf(call, 'version'));
    const [schema, name] = [call.values.get('schemaname'), call.values.get('relname')];
    if (schema === undefined || name === undefined) continue;
    const key = JSON.stringify([schema, name]);
    const draft = drafts.get(key) ?? newDraft(schema, name);
    drafts.set(key, draft);
    addTo(draft, call);
  }
  const major = Math.floor(version / 10_000);
  return {
    version: 1,
    takenAt,
    redacted: false,
    server: { version: `${major}.${version % 10_000}`, major },
    settings: {},
    countersSince: null,
    relations: [...drafts.values()].map(toRelation),
    extended: [],
    queriesSince: null,
    queries: [],
    leftOut: [
      {
        subject: 'planner settings, extended statistics, activity and queries',
        reason: 'pg_dump writes none: export with `pg-guardrails statistics export`',
      },
    ],
  };
}

function newDraft(schema: string, name: string): Draft {
  // A relation without a call of its own was never analysed.
  return { schema, name, rows: -1, pages: 0, allVisible: 0, columns: new Map(), expressions: [] };
}

function addTo(draft: Draft, call: RestoreCall): void {
  switch (call.function) {
    case 'pg_restore_relation_stats':
      draft.rows = numberOf(call, 'reltuples');
      // Of a partitioned table, which has no file, it is -1.
      draft.pages = Math.max(0, numberOf(call, 'relpages'));
      draft.allVisible = numberOf(call, 'relallvisible');
      return;
    case 'pg_restore_attribute_stats': {
      const statistics = attributeStatistics(call.values);
      const name = call.values.get('attname');
      if (name === undefined) {
        draft.expressions.push({ position: numberOf(call, 'attnum'), statistics });
        return;
      }
      const column = draft.columns.get(name) ?? { name, type: 'unknown', statistics: null, inherited: null };
      const inherited = /^t/i.test(call.values.get('inherited') ?? 'f');
      draft.columns.set(name, { ...column, ...(inherited ? { inherited: statistics } : { statistics }) });
      return;
    }
    default:
      call.function satisfies never;
  }
}

function numberOf({ values }: RestoreCall, name: string): number {
  return Number(values.get(name) ?? 0);
}

/** pg_dump does not tell tables from indexes; what has no columns may be either, and is told as both. */
function toRelation(draft: Draft): ExportedRelation {
  const { schema, name, rows, pages, allVisible, columns } = draft;
  const expressions = draft.expressions.toSorted((a, b) => a.position - b.position);
  const index = { name, definition: '', rows, pages, expressions, scans: null };
  return {
    schema,
    name,
    kind: 'unknown',
    parent: null,
    rows,
    pages,
    allVisible,
    toastPages: null,
    columns: [...columns.values()],
    indexes: columns.size === 0 ? [index] : [],
    activity: null,
  };
}
