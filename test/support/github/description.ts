import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2019, type ErrorObject, type ValidateFunction } from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';
import { z } from 'zod';

const schema = z.record(z.string(), z.unknown());

const fixture = z.object({
  operations: z.array(
    z.object({
      operationId: z.string(),
      method: z.string(),
      path: z.string(),
      parameters: schema,
      query: schema,
      body: schema.nullable(),
      responses: z.record(z.string(), schema.nullable()),
    }),
  ),
  schemas: schema,
});

/** A request that GitHub's description knows, with its parameters read as it types them. */
export interface KnownRequest {
  readonly operationId: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly pattern: RegExp;
  readonly parameters: ValidateFunction;
  readonly query: ValidateFunction;
  readonly body: ValidateFunction | null;
  /** By status; null where an answer of that status has no body. */
  readonly responses: ReadonlyMap<string, ValidateFunction | null>;
}

/** GitHub's published description of its API, as far as scripts/github-openapi.ts took it over. */
export class GitHubDescription {
  readonly definitions: Readonly<Record<string, unknown>>;
  readonly #operations: readonly Operation[];

  constructor() {
    const file = join(import.meta.dirname, '..', '..', 'fixtures', 'github-openapi.json');
    const { operations, schemas } = fixture.parse(JSON.parse(readFileSync(file, 'utf8')));
    const exact = new Ajv2019({ strict: false, allErrors: true });
    // Path and query are texts until they are read.
    const reading = new Ajv2019({ strict: false, allErrors: true, coerceTypes: true });
    for (const ajv of [exact, reading]) addFormats.default(ajv);
    const compile = (ajv: Ajv2019, part: object) => ajv.compile({ ...part, $defs: schemas });
    this.definitions = schemas;
    this.#operations = operations.map(
      ({ operationId, method, path, parameters, query, body, responses }) => ({
        operationId,
        method,
        pattern: new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
        parameters: compile(reading, parameters),
        query: compile(reading, query),
        body: body === null ? null : compile(exact, body),
        responses: new Map(
          Object.entries(responses).map(([status, part]) => [
            status,
            part === null ? null : compile(exact, part),
          ]),
        ),
      }),
    );
  }

  /** The request as GitHub would understand it, or what is wrong with it. */
  read(method: string, url: URL, body: unknown): KnownRequest | { readonly violations: readonly string[] } {
    const name = `${method} ${url.pathname}`;
    const operation = this.#operations.find(
      (each) => each.method === method && each.pattern.test(url.pathname),
    );
    if (operation === undefined) return { violations: [`${name}: no such operation`] };
    const parameters = { ...operation.pattern.exec(url.pathname)?.groups };
    const query = Object.fromEntries(url.searchParams);
    const violations = [
      ...violationsOf(operation.parameters, parameters, `${name} path`),
      ...violationsOf(operation.query, query, `${name} query`),
      ...(operation.body === null
        ? body === undefined
          ? []
          : [`${name}: takes no body`]
        : violationsOf(operation.body, body, `${name} body`)),
    ];
    return violations.length > 0
      ? { violations }
      : { operationId: operation.operationId, parameters, query, body };
  }

  /** What is wrong with an answer, so that the fake does not say what GitHub never would. */
  checkAnswer(operationId: string, status: number, body: unknown): readonly string[] {
    const operation = this.#operations.find((each) => each.operationId === operationId);
    const validate = operation?.responses.get(String(status));
    // Any operation may answer with an error that its description leaves out, such as 403.
    if (validate === undefined) return status >= 400 ? [] : [`${operationId}: never answers ${status}`];
    if (validate === null)
      return body === undefined ? [] : [`${operationId}: answers ${status} without a body`];
    return violationsOf(validate, body, `${operationId} answer ${status}`);
  }
}

function violationsOf(validate: ValidateFunction, value: unknown, what: string): readonly string[] {
  return validate(value)
    ? []
    : (validate.errors ?? []).map((error: ErrorObject) => `${what}${error.instancePath}: ${error.message}`);
}
