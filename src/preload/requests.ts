import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { guarded, isCallable, propertyOf } from './guard.ts';
import { pathRoute, routeOf } from './routes.ts';

/** A request that the program serves. */
export class Request {
  /** From 1, in the order in which they came. */
  readonly number: number;
  readonly #incoming: object;
  /** Of its path, until a framework has matched one. */
  readonly #pathRoute: string;
  #matched: string | null = null;

  constructor(number: number, incoming: object) {
    this.number = number;
    this.#incoming = incoming;
    // Frameworks change the URL while they serve it.
    this.#pathRoute = pathRoute(incoming);
  }

  /** `GET /customers/:id/orders`, as far as it is known by now. */
  get route(): string {
    this.#matched = routeOf(this.#incoming) ?? this.#matched;
    return this.#matched ?? this.#pathRoute;
  }
}

/** The requests that the program serves, by Node's own channel, and which of them runs now. */
export class Requests {
  readonly #storage = new AsyncLocalStorage<Request | null>();
  #isWatching = false;
  #last = 0;

  /** From now on; a program that sends no queries does without. */
  watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    subscribe('http.server.request.start', (message) => {
      guarded(() => this.#begin(propertyOf(message, 'request')));
    });
  }

  current(): Request | null {
    // Node before version 24 pays for a storage from when it is first asked.
    return this.#last === 0 ? null : (this.#storage.getStore() ?? null);
  }

  /** Runs something for a request, or for none. */
  within<T>(request: Request | null, work: () => T): T {
    return this.#last === 0 ? work() : this.#storage.run(request, work);
  }

  #begin(incoming: unknown): void {
    if (typeof incoming !== 'object' || incoming === null) return;
    this.#last += 1;
    const request = new Request(this.#last, incoming);
    this.#storage.enterWith(request);
    this.#followBody(incoming, request);
  }

  /** Node tells of a body in the name of the connection, which serves many requests. */
  #followBody(incoming: object, request: Request): void {
    const emit = propertyOf(incoming, 'emit');
    if (!isCallable(emit)) return;
    const requests = this;
    const value = function emitWithin(this: unknown, ...args: unknown[]) {
      return requests.within(request, () => emit.apply(this, args));
    };
    Object.defineProperty(incoming, 'emit', { value, configurable: true, writable: true });
  }
}
