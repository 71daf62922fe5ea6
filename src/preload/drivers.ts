import { applicationFrames, type CompiledPlace } from './application.ts';
import { framesOfContext, framesOfPromise, rememberContexts } from './contexts.ts';
import { watchPostgresModule } from './es-modules.ts';
import { type Callable, guarded, isCallable, propertyOf, wrapMethod } from './guard.ts';
import type { Journal } from './journal.ts';
import type { WatchedModules } from './modules.ts';
import { type Request, Requests } from './requests.ts';
import { type SourcePlace, sourceOf } from './source-maps.ts';
import { framesOf, takeStack } from './stack.ts';

/** What applications ask for; drivers and libraries send other statements of their own accord. */
const isQuery = /^\s*(?:select(?!\s+version\b)|insert|update|delete|merge|with|call)\b/i;

/** What Knex and postgres.js ask a new connection, whoever needed that. */
const isGreeting = /^\s*select\s+version\s*\(|\bpg_catalog\.pg_type\b/i;

/** Frames that are taken where a query is sent: libraries over a driver are deep. */
const takenFrames = 80;

/** The modules of drivers through which all queries pass. */
export function driverModules(journal: Journal): WatchedModules {
  const sites = new CallSites(journal);
  watchPostgresModule((Query) => sites.watchPostgres(Query));
  return new Map([
    ['/pg/lib/client.js', (exports) => sites.watchClient(exports)],
    ['/pg-pool/index.js', (exports) => sites.watchPool(exports)],
    ['/postgres/cjs/src/query.js', (exports) => sites.watchPostgres(propertyOf(exports, 'Query'))],
  ]);
}

/** Tells the journal from which lines of the application queries are sent, and for which requests. */
class CallSites {
  readonly #journal: Journal;
  readonly #requests = new Requests();
  readonly #connections = new WeakMap<object, number>();
  readonly #backends = new Map<number, number>();
  /** Of whoever asked a pool for a client, while he is given it. */
  #asked: readonly CompiledPlace[] | null = null;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** `Client` of pg. What it is asked to send it sends one after the other. */
  watchClient(Client: unknown): void {
    const prototype = prototypeOf(Client);
    if (prototype === null) return;
    this.#requests.watch();
    const requests = this.#requests;
    const note = (client: unknown, config: unknown) => this.#note(client, config);
    const bound = (args: readonly unknown[]) => this.#inNameOfRequest(args);
    wrapMethod(
      prototype,
      'query',
      (original) =>
        function query(this: unknown, ...args: unknown[]) {
          guarded(() => note(this, args[0]));
          return original.apply(this, guarded(() => bound(args)) ?? args);
        },
    );
    // A connection serves many requests, and is of none.
    wrapMethod(
      prototype,
      'connect',
      (original) =>
        function connect(this: unknown, ...args: unknown[]) {
          return requests.within(null, () => original.apply(this, args));
        },
    );
  }

  /**
   * `Pool` of pg. Who waits for a client gets it when another is done with his, so that the functions on the stack then are
   * those of the other.
   */
  watchPool(Pool: unknown): void {
    const prototype = prototypeOf(Pool);
    if (prototype === null) return;
    const inName = (callback: Callable) => this.#inNameOfCaller(callback);
    wrapMethod(
      prototype,
      'connect',
      (original) =>
        function connect(this: unknown, ...args: unknown[]) {
          const [callback, ...rest] = args;
          if (!isCallable(callback)) return original.apply(this, args);
          return original.apply(this, [guarded(() => inName(callback)) ?? callback, ...rest]);
        },
    );
  }

  /** `Query` of postgres.js: a promise of its own, which is sent when somebody waits for it. */
  watchPostgres(Query: unknown): void {
    const prototype = prototypeOf(Query);
    if (prototype === null) return;
    // Its promises are awaited as what is none.
    rememberContexts();
    this.#requests.watch();
    const begin = (query: unknown) => this.#noteWhenDone(query);
    wrapMethod(
      prototype,
      'handle',
      (original) =>
        function handle(this: unknown, ...args: unknown[]) {
          if (propertyOf(this, 'executed') === false) guarded(() => begin(this));
          return original.apply(this, args);
        },
    );
  }

  #note(client: unknown, config: unknown): void {
    const sql = textOf(config);
    if (sql === null || typeof client !== 'object' || client === null) return;
    const frames = this.#frames();
    if (frames.length === 0 && isQuery.test(sql)) rememberContexts();
    this.#journal.sent(
      this.#connectionOf(client),
      sql,
      sourcesOf(frames),
      isGreeting.test(sql) ? null : this.#requests.current(),
    );
  }

  #connectionOf(client: object): number {
    const known = this.#connections.get(client);
    if (known !== undefined) return known;
    const connection = this.#journal.connection();
    this.#connections.set(client, connection);
    const tell = () => {
      const backend = propertyOf(client, 'processID');
      if (typeof backend === 'number') this.#journal.connected(connection, backend);
    };
    const once = propertyOf(client, 'once');
    if (typeof propertyOf(client, 'processID') === 'number') tell();
    else if (isCallable(once)) once.call(client, 'connect', () => guarded(tell));
    return connection;
  }

  /** What is to be called when a query is done, which its connection does. */
  #inNameOfRequest(args: readonly unknown[]): unknown[] {
    const request = this.#requests.current();
    const requests = this.#requests;
    return args.map((argument, index) => {
      if (request === null || index === 0 || !isCallable(argument)) return argument;
      return function whenDone(this: unknown, ...results: unknown[]) {
        return requests.within(request, () => argument.apply(this, results));
      };
    });
  }

  #inNameOfCaller(callback: Callable): Callable {
    const asked = this.#frames();
    const request = this.#requests.current();
    const sites = this;
    return function givenClient(this: unknown, ...args: unknown[]) {
      const before = sites.#asked;
      sites.#asked = asked;
      try {
        return sites.#requests.within(request, () => callback.apply(this, args));
      } finally {
        sites.#asked = before;
      }
    };
  }

  #noteWhenDone(query: unknown): void {
    if (typeof query !== 'object' || query === null) return;
    // A promise is made where the text is written.
    const made = framesOfPromise(query);
    const frames = made.length > 0 ? made : this.#frames();
    const request = this.#requests.current();
    const resolve = propertyOf(query, 'resolve');
    if (!isCallable(resolve)) return;
    const note = (result: unknown) => this.#noteResult(query, result, frames, request);
    Reflect.set(query, 'resolve', function resolveQuery(this: unknown, ...args: unknown[]) {
      guarded(() => note(args[0]));
      return resolve.apply(this, args);
    });
  }

  #noteResult(
    query: object,
    result: unknown,
    frames: readonly CompiledPlace[],
    request: Request | null,
  ): void {
    const backend = propertyOf(propertyOf(query, 'state') ?? propertyOf(result, 'state'), 'pid');
    const sql = propertyOf(propertyOf(query, 'statement') ?? propertyOf(result, 'statement'), 'string');
    if (typeof backend !== 'number' || typeof sql !== 'string') return;
    const known = this.#backends.get(backend);
    const connection = known ?? this.#journal.connection();
    if (known === undefined) {
      this.#backends.set(backend, connection);
      this.#journal.connected(connection, backend);
    }
    this.#journal.sent(connection, sql, sourcesOf(frames), isGreeting.test(sql) ? null : request);
  }

  /** Frames of the application that led here: those on the stack, else those that somebody waits for it in. */
  #frames(): readonly CompiledPlace[] {
    const onStack = applicationFrames(framesOf(takeStack(takenFrames)), this.#asked && 'givenClient');
    if (onStack.length > 0) return onStack;
    return this.#asked ?? framesOfContext();
  }
}

function prototypeOf(type: unknown): object | null {
  const prototype = propertyOf(type, 'prototype');
  return typeof prototype === 'object' ? prototype : null;
}

function sourcesOf(frames: readonly CompiledPlace[]): readonly SourcePlace[] {
  return frames.flatMap((frame) => sourceOf(frame) ?? []);
}

/** A text, an object with one, or a cursor that will ask for its rows in parts. */
function textOf(config: unknown): string | null {
  const text =
    typeof config === 'string'
      ? config
      : (propertyOf(config, 'text') ?? propertyOf(propertyOf(config, 'cursor'), 'text'));
  return typeof text === 'string' ? text : null;
}
