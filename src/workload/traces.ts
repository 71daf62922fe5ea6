import { createHash } from 'node:crypto';
import type { CapturedQuery } from '../model/query.ts';
import type { Trace, TraceStatement } from '../model/trace.ts';
import { isolationOf } from '../sql/isolation.ts';
import type { Recognised } from './recognise.ts';
import { detached, Room } from './room.ts';

/** Statements of a trace that are kept; what repeats has done so by then. */
const keptStatements = 1_000;

/** Traces that may be open at a time. A server's log does not tell which sessions have ended. */
const openTraces = 2_000;

/** Sequences that are kept; further ones are rare, since traces of one route mostly have the same. */
const keptSequences = 5_000;

/** Characters that statements of open traces are worth, and those of sequences. */
const roomForStatements = 16 * 1024 ** 2;

/** Characters that a statement is worth beyond its text. */
const statementSize = 160;

/** Statements after which idle traces are looked for, and milliseconds after which one is idle for good. */
const idle = { statements: 10_000, milliseconds: 60_000 } as const;

/** Temporary tables of a session that are known. */
const knownTemporary = 1_000;

/** Milliseconds without a statement after which a session serves another request. */
const pauseMs = 1_000;

/** Characters of a statement that are kept. */
const keptText = 2_000;

/** What a statement is within its trace. */
type TraceRole = Pick<TraceStatement, 'fingerprint' | 'control' | 'isDefinition'>;

interface OpenTrace {
  readonly id: string;
  readonly service: string | null;
  route: string | null;
  readonly isolation: string | null;
  readonly statements: TraceStatement[];
  leftOut: number;
  isInTransaction: boolean;
  lastEnd: number | null;
  /** Characters that its statements are worth. */
  size: number;
}

/** What is known of a session beyond one of its traces. */
interface Session {
  /** Temporary tables that it made. */
  readonly temporary: Set<string>;
  /** Whether it runs migrations: it has touched a migration tool's records. */
  isMigration: boolean;
  /** Isolation level that it has set for its transactions, or null. */
  isolation: string | null;
}

/** Gathers captured executions by the request, test or session that they belong to. */
export class Traces {
  readonly #open = new Map<string, OpenTrace>();
  readonly #sessions = new Map<string, Session>();
  readonly #sequences = new Map<string, Trace>();
  readonly #openRoom = new Room(roomForStatements);
  readonly #sequenceRoom = new Room(roomForStatements);
  #added = 0;
  #dropped = 0;

  add(captured: CapturedQuery, recognised: Recognised): void {
    if (captured.trace === null) return;
    const key = `${captured.origin.service ?? ''} ${captured.trace}`;
    let trace = this.#open.get(key);
    if (trace !== undefined && beginsAnother(trace, captured)) {
      this.#close(key, trace);
      trace = undefined;
    }
    trace ??= this.#begin(key, captured);
    trace.route ??= captured.origin.route;
    const session = this.#session(key);
    const isolation = isolationOf(captured.sql);
    if (isolation?.scope === 'session') session.isolation = isolation.level;
    const found = roleOf(recognised, session);
    // What tests send by themselves prepares them: no request of the application does so.
    const role = isTest(captured.origin.file) ? { ...none, control: found.control } : found;
    const size = sizeOf(captured, recognised);
    if (trace.statements.length < keptStatements && this.#openRoom.take(size)) {
      trace.statements.push(toStatement(captured, role));
      trace.size += size;
    } else trace.leftOut += 1;
    if (role.control !== null) trace.isInTransaction = role.control === 'begins';
    trace.lastEnd = endOf(captured) ?? trace.lastEnd;
    this.#added += 1;
    if (this.#added % idle.statements === 0 && captured.startedAt !== null)
      this.#closeIdle(captured.startedAt);
  }

  /** All that was gathered; nothing can be added afterwards. */
  end(): readonly Trace[] {
    for (const [key, trace] of this.#open) this.#close(key, trace);
    return [...this.#sequences.values()];
  }

  /** Traces that differ from all that are kept, beyond what is kept. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Their next statement would begin another trace. */
  #closeIdle(now: number): void {
    for (const [key, trace] of this.#open) {
      const { lastEnd, isInTransaction } = trace;
      if (lastEnd !== null && !isInTransaction && now - lastEnd > idle.milliseconds) this.#close(key, trace);
    }
  }

  #session(key: string): Session {
    const known = this.#sessions.get(key);
    if (known !== undefined) return known;
    const [oldest] = this.#sessions;
    if (this.#sessions.size >= openTraces && oldest !== undefined) this.#sessions.delete(oldest[0]);
    const session: Session = { temporary: new Set(), isMigration: false, isolation: null };
    this.#sessions.set(key, session);
    return session;
  }

  #begin(key: string, { trace: id, origin }: CapturedQuery): OpenTrace {
    const [oldest] = this.#open;
    if (this.#open.size >= openTraces && oldest !== undefined) this.#close(...oldest);
    const trace: OpenTrace = {
      id: id ?? '',
      service: origin.service,
      route: origin.route,
      isolation: this.#sessions.get(key)?.isolation ?? null,
      statements: [],
      leftOut: 0,
      isInTransaction: false,
      lastEnd: null,
      size: 0,
    };
    this.#open.set(key, trace);
    return trace;
  }

  #close(key: string, { id, service, route, isolation, statements: sent, leftOut, size }: OpenTrace): void {
    this.#open.delete(key);
    this.#openRoom.giveBack(size);
    // What came before the first record was read belongs to the migrations, too.
    const isMigration = this.#sessions.get(key)?.isMigration ?? false;
    const statements = isMigration ? sent.map((each) => ({ ...each, isDefinition: false })) : sent;
    const sequence = sequenceOf(service, route, statements);
    const known = this.#sequences.get(sequence);
    if (known !== undefined) {
      const isLonger = statements.length > known.statements.length && this.#sequenceRoom.take(size);
      const longest = isLonger ? { id, statements, leftOut } : {};
      this.#sequences.set(sequence, { ...known, ...longest, occurrences: known.occurrences + 1 });
    } else if (this.#sequences.size < keptSequences && this.#sequenceRoom.take(size)) {
      this.#sequences.set(sequence, {
        id,
        service,
        route,
        isolation,
        occurrences: 1,
        statements,
        leftOut,
      });
    } else {
      this.#dropped += 1;
    }
  }
}

const none: TraceRole = { fingerprint: null, control: null, isDefinition: false };

/** Folders and names that tests have. */
const testFile = /(?:^|\/)(?:tests?|specs?|__tests__)\/|[._-](?:test|spec)\.\w+$|(?:^|\/)test_[^/]+\.py$/;

export function isTest(file: string | null): boolean {
  return file !== null && testFile.test(file);
}

function roleOf(recognised: Recognised, session: Session): TraceRole {
  switch (recognised.kind) {
    case 'query':
      session.isMigration ||= recognised.isBookkeeping;
      return { ...none, fingerprint: recognised.fingerprint };
    case 'control':
      return { ...none, control: recognised.control };
    case 'definition': {
      const { definition, isBookkeeping } = recognised;
      session.isMigration ||= isBookkeeping;
      if (definition.temporary !== null && session.temporary.size < knownTemporary)
        session.temporary.add(definition.temporary);
      const isTemporary = definition.relations.some((name) => session.temporary.has(name));
      return { ...none, isDefinition: !isTemporary };
    }
    case 'set apart':
    case 'unchecked':
      return none;
    default:
      return recognised satisfies never;
  }
}

/**
 * Whether a session has turned to something else: another route, or after a pause outside of a transaction. What
 * is in one transaction belongs together, and a trace of OpenTelemetry has one route throughout.
 */
function beginsAnother({ route, isInTransaction, lastEnd }: OpenTrace, captured: CapturedQuery): boolean {
  if (isInTransaction) return false;
  const next = captured.origin.route;
  if (route !== null && next !== null && next !== route) return true;
  return lastEnd !== null && captured.startedAt !== null && captured.startedAt - lastEnd > pauseMs;
}

function endOf({ startedAt, durationMs }: CapturedQuery): number | null {
  return startedAt === null ? null : startedAt + (durationMs ?? 0);
}

/** Texts with parameters are shared by all their executions. */
function sizeOf({ sql }: CapturedQuery, recognised: Recognised): number {
  const isShared = recognised.kind === 'query' && recognised.constants.length === 0;
  return statementSize + (isShared ? 0 : Math.min(sql.length, keptText));
}

function toStatement(captured: CapturedQuery, role: TraceRole): TraceStatement {
  const { sql, params, startedAt, durationMs, rows, origin } = captured;
  const json = JSON.stringify(params);
  const execution = createHash('sha1').update(sql).update(json).digest('base64');
  const values =
    params === null || params.length === 0 ? null : createHash('sha1').update(json).digest('base64');
  const { file, line } = origin;
  return {
    ...role,
    sql: sql.length > keptText ? detached(sql.slice(0, keptText)) : sql,
    execution,
    values,
    startedAt,
    durationMs,
    rows,
    file,
    line,
  };
}

/** The longest block of statements whose repetition is left out of what a sequence is known by. */
const longestBlock = 5;

/** How often statements are repeated is left out: a page of ten rows and one of twenty are served alike. */
function sequenceOf(
  service: string | null,
  route: string | null,
  statements: readonly TraceStatement[],
): string {
  const steps: string[] = [];
  for (const { fingerprint, control, isDefinition, execution } of statements) {
    steps.push(fingerprint ?? control ?? (isDefinition ? execution : 'other'));
    for (let block = 1; block <= longestBlock; block += 1) {
      if (!endsInRepetition(steps, block)) continue;
      steps.length -= block;
      break;
    }
  }
  return createHash('sha1')
    .update(JSON.stringify([service, route, steps]))
    .digest('base64');
}

function endsInRepetition(steps: readonly string[], block: number): boolean {
  const last = steps.length - 1;
  if (steps.length < 2 * block) return false;
  for (let back = 0; back < block; back += 1) {
    if (steps[last - back] !== steps[last - back - block]) return false;
  }
  return true;
}
