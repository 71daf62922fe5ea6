import type { RequestExecution, ServedRequest } from './journals.ts';

/** Characters of lines that may wait. */
const roomForLines = 16 * 1024 ** 2;

/** A line of a workload file. */
type Line = Readonly<Record<string, unknown>> & {
  readonly route?: string | undefined;
  readonly trace?: string | undefined;
};

/** A request of which some lines were seen. */
interface Waiting {
  readonly request: ServedRequest;
  readonly lines: { readonly line: Line; readonly order: number }[];
  /** The latest of each session. */
  readonly latest: Map<string, number>;
  size: number;
}

/**
 * Lines of each request in the order in which its program sent them. The log tells that of each session only: what a
 * session did last may be read much later.
 */
export class RequestLines {
  readonly #waiting = new Map<string, Waiting>();
  #size = 0;

  /**
   * Takes a line that was sent for a request, and gives back those of requests of which all were seen.
   *
   * @param size characters of the line
   */
  add({ request, order }: RequestExecution, line: Line, size: number): readonly Line[] {
    const known = this.#waiting.get(request.trace);
    const waiting: Waiting = known ?? { request, lines: [], latest: new Map(), size: 0 };
    this.#waiting.set(request.trace, waiting);
    const session = line.trace ?? '';
    // What may be any of several stays behind what its session sent before.
    const place = Math.max(waiting.latest.get(session) ?? 0, order);
    waiting.latest.set(session, place);
    waiting.lines.push({ line, order: place });
    waiting.size += size;
    this.#size += size;
    if (waiting.lines.length >= request.executions) return this.#take(waiting);
    return this.#size > roomForLines ? this.rest() : [];
  }

  /** Those of requests of which something failed, or is not known for sure. */
  rest(): readonly Line[] {
    return [...this.#waiting.values()].flatMap((waiting) => this.#take(waiting));
  }

  #take({ request, lines, size }: Waiting): readonly Line[] {
    this.#waiting.delete(request.trace);
    this.#size -= size;
    // An application that tells its route does so in most of its statements, and a trace has one.
    const told = lines.find(({ line }) => line.route !== undefined)?.line.route ?? request.route;
    return lines
      .toSorted((a, b) => a.order - b.order)
      .map(({ line }) => ({ ...line, route: line.route ?? told, trace: request.trace }));
  }
}
