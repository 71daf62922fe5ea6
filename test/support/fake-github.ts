import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { type Answer, refusal } from './github/answer.ts';
import { GitHubDescription } from './github/description.ts';
import { type FakePull, FakeRepository } from './github/repository.ts';

const situation = z.strictObject({
  query: z
    .string()
    .transform((query) => query.replaceAll(/\s+/g, ' '))
    .pipe(
      z.literal(
        'query ($owner: String!, $repo: String!, $number: Int!) { viewer { login } repository(owner: $owner, name: $repo) { pullRequest(number: $number) { headRefOid } } }',
      ),
    ),
  variables: z.strictObject({ owner: z.string(), repo: z.string(), number: z.int() }),
});

export interface FakeRequest {
  readonly method: string;
  readonly path: string;
}

/**
 * GitHub in memory, as far as we use it, over HTTP. Every request and every answer is checked against GitHub's
 * published description; what does not fit is answered with an error and kept among the violations.
 */
export class FakeGitHub implements AsyncDisposable {
  static readonly own = 'github-actions[bot]';
  static readonly token = 'ghs_token';

  readonly url: string;
  readonly repository: FakeRepository;
  readonly requests: FakeRequest[] = [];
  readonly violations: string[] = [];
  /** The token may only read, as that of a pull request from a fork. */
  isReadOnly = false;
  /** What is shown as the diff, where it is another than review comments are checked against. */
  servedDiff: string | null = null;
  readonly #description: GitHubDescription;
  readonly #server: Server;

  private constructor(server: Server, description: GitHubDescription, pull: FakePull) {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the fake GitHub has no port');
    this.url = `http://127.0.0.1:${address.port}`;
    this.#server = server;
    this.#description = description;
    this.repository = new FakeRepository(description.definitions, FakeGitHub.own, pull);
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  static async start(pull: FakePull): Promise<FakeGitHub> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FakeGitHub(server, new GitHubDescription(), pull);
  }

  /** Requests that change something, since the beginning or the last call. */
  takeWrites(): readonly FakeRequest[] {
    const taken = this.requests.splice(0);
    return taken.filter(({ method, path }) => method !== 'GET' && path !== '/graphql');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = new URL(request.url ?? '/', this.url);
      const method = request.method ?? '';
      this.requests.push({ method, path: url.pathname });
      const raw = await text(request);
      const body: unknown = raw === '' ? undefined : JSON.parse(raw);
      if (request.headers.authorization !== `token ${FakeGitHub.token}`) {
        return send(response, refusal(401, 'Bad credentials'));
      }
      if (url.pathname === '/graphql') return send(response, this.#graphql(body));
      const known = this.#description.read(method, url, body);
      if ('violations' in known) return send(response, this.#violated(known.violations));
      if (method !== 'GET' && this.isReadOnly) {
        return send(response, refusal(403, 'Resource not accessible by integration'));
      }
      if (known.operationId === 'pulls/get') return this.#sendDiff(request, response);
      const answer = this.repository.answer(known);
      const page = pageOf(answer, known.query, url);
      this.violations.push(...this.#description.checkAnswer(known.operationId, answer.status, page.body));
      send(response, page, page.headers);
    } catch (error) {
      send(response, this.#violated([String(error)]));
    }
  }

  #violated(violations: readonly string[]): Answer {
    this.violations.push(...violations);
    return refusal(422, 'Validation Failed', violations);
  }

  #graphql(body: unknown): Answer {
    const parsed = situation.safeParse(body);
    if (!parsed.success) return this.#violated([`graphql: ${parsed.error.message}`]);
    const pullRequest = { headRefOid: this.repository.pull.headSha };
    return {
      status: 200,
      body: { data: { viewer: { login: FakeGitHub.own }, repository: { pullRequest } } },
    };
  }

  #sendDiff(request: IncomingMessage, response: ServerResponse): void {
    if (!/^application\/vnd\.github(\.v3)?\.diff$/.test(request.headers.accept ?? '')) {
      send(response, this.#violated([`pulls/get: unexpected media type ${request.headers.accept}`]));
      return;
    }
    response.writeHead(200, { 'content-type': 'application/vnd.github.diff; charset=utf-8' });
    response.end(this.servedDiff ?? this.repository.pull.diff);
  }
}

/** A page of a list, and the links to others: https://docs.github.com/en/rest/using-the-rest-api/using-pagination */
function pageOf(answer: Answer, query: Readonly<Record<string, unknown>>, url: URL) {
  if (!Array.isArray(answer.body)) return { ...answer, headers: {} };
  const size = Math.min(100, Number(query['per_page'] ?? 30));
  const page = Number(query['page'] ?? 1);
  const last = Math.max(1, Math.ceil(answer.body.length / size));
  const link = (to: number, rel: string) => {
    const target = new URL(url);
    target.searchParams.set('page', String(to));
    return `<${target}>; rel="${rel}"`;
  };
  const links = page < last ? [link(page + 1, 'next'), link(last, 'last')] : [];
  const body = answer.body.slice((page - 1) * size, page * size);
  const headers: Readonly<Record<string, string>> = links.length === 0 ? {} : { link: links.join(', ') };
  return { status: answer.status, body, headers };
}

function send(
  response: ServerResponse,
  { status, body }: Answer,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (body === undefined) response.writeHead(status, headers).end();
  else {
    response.writeHead(status, { ...headers, 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(body));
  }
}
