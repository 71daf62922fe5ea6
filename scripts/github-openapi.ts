import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

/**
 * Takes the operations that we use out of GitHub's published OpenAPI description, with the schemas that they refer
 * to, and writes them as JSON Schema for the fake GitHub of the tests. The package weighs 400 MB, so it is fetched
 * for this and is no dependency. Run it again where an operation or a newer description is needed:
 * `node scripts/github-openapi.ts`.
 */
const packageName = '@octokit/openapi@23.0.2';

const issueComments = '/repos/{owner}/{repo}/issues/{issue_number}/comments';
const issueComment = '/repos/{owner}/{repo}/issues/comments/{comment_id}';
const pull = '/repos/{owner}/{repo}/pulls/{pull_number}';
const reviewComment = '/repos/{owner}/{repo}/pulls/comments/{comment_id}';

const operations = [
  ['get', issueComments],
  ['post', issueComments],
  ['patch', issueComment],
  ['delete', issueComment],
  ['get', pull],
  ['get', `${pull}/comments`],
  ['post', `${pull}/reviews`],
  ['patch', reviewComment],
  ['delete', reviewComment],
] as const;

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

const content = z.record(z.string(), z.looseObject({ schema: z.json().optional() }));
const reference = z.object({ $ref: z.string() });
const parameter = z.looseObject({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean().optional(),
  schema: z.json(),
});
const answer = z.looseObject({ content: content.optional() });
const operation = z.looseObject({
  operationId: z.string(),
  parameters: z.array(z.union([reference, parameter])).default([]),
  requestBody: z.looseObject({ content }).optional(),
  responses: z.record(z.string(), z.union([reference, answer])),
});
const descriptionSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.looseObject({
    schemas: z.record(z.string(), z.json()),
    parameters: z.record(z.string(), parameter),
    responses: z.record(z.string(), answer),
  }),
});
type Description = z.infer<typeof descriptionSchema>;

function download(): Description {
  const folder = mkdtempSync(join(tmpdir(), 'github-openapi-'));
  try {
    const packed = execFileSync('npm', ['pack', '--silent', packageName], { cwd: folder, encoding: 'utf8' });
    const file = 'package/generated/api.github.com.json';
    execFileSync('tar', ['-xzf', packed.trim(), file], { cwd: folder });
    return descriptionSchema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Words of a description that a validator has no use for. */
const idle = new Set([
  'description',
  'example',
  'examples',
  'title',
  'deprecated',
  'externalDocs',
  'default',
]);

/** A schema of OpenAPI 3.0 as JSON Schema: `nullable` becomes the type null, and what is idle goes. */
function toJsonSchema(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(toJsonSchema);
  if (!isObject(schema)) return schema;
  const { nullable, ...rest } = schema;
  const plain = Object.fromEntries(
    Object.entries(rest)
      .filter(([key]) => !idle.has(key) && !key.startsWith('x-'))
      .map(([key, value]) => [key, key === 'properties' ? toProperties(value) : toJsonSchema(value)]),
  );
  return nullable === true ? orNull(plain) : plain;
}

/** Names of properties are not words of the description. */
function toProperties(properties: Json): Json {
  if (!isObject(properties)) return properties;
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, toJsonSchema(schema)]));
}

function orNull(schema: JsonObject): JsonObject {
  const { type, enum: values } = schema;
  if (typeof type !== 'string') return { anyOf: [schema, { type: 'null' }] };
  return {
    ...schema,
    type: [type, 'null'],
    ...(Array.isArray(values) ? { enum: [...values, null] } : {}),
  };
}

/** Of what we send, every part must be described: GitHub would ignore a property that is not, in silence. */
function closed(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(closed);
  if (!isObject(schema)) return schema;
  const parts = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === 'properties' && isObject(value)
        ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, closed(each)]))
        : closed(value),
    ]),
  );
  return 'properties' in schema ? { ...parts, additionalProperties: false } : parts;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameOf(ref: string): string {
  return ref.split('/').at(-1) ?? ref;
}

function extract({ paths, components }: Description) {
  const extracted = operations.map(([method, path]) => {
    const { operationId, parameters, requestBody, responses } = operation.parse(paths[path]?.[method]);
    const of = (place: 'path' | 'query') =>
      parameters
        .flatMap((each) =>
          '$ref' in each ? (components.parameters[nameOf(String(each.$ref))] ?? []) : [each],
        )
        .filter((each) => each.in === place);
    const parametersSchema = (place: 'path' | 'query') => ({
      type: 'object',
      properties: Object.fromEntries(of(place).map(({ name, schema }) => [name, toJsonSchema(schema)])),
      required: of(place).flatMap(({ name, required }) => (required === true ? [name] : [])),
      additionalProperties: false,
    });
    const body = requestBody?.content['application/json']?.schema;
    return {
      operationId,
      method: method.toUpperCase(),
      path,
      parameters: parametersSchema('path'),
      query: parametersSchema('query'),
      body: body === undefined ? null : closed(toJsonSchema(body)),
      responses: Object.fromEntries(
        Object.entries(responses).map(([status, response]) => {
          const resolved =
            '$ref' in response ? components.responses[nameOf(String(response.$ref))] : response;
          const json = answer.parse(resolved).content?.['application/json']?.schema;
          return [status, json === undefined ? null : toJsonSchema(json)];
        }),
      ),
    };
  });
  return { source: packageName, operations: extracted, schemas: referredTo(extracted, components.schemas) };
}

/** Every schema that something refers to, directly or through others, by name. */
function referredTo(start: unknown, schemas: Readonly<Record<string, Json>>): JsonObject {
  const found = new Map<string, Json>();
  const pending = [JSON.stringify(start)];
  for (let text = pending.pop(); text !== undefined; text = pending.pop()) {
    for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (found.has(name)) continue;
      const schema = toJsonSchema(schemas[name] ?? {});
      found.set(name, schema);
      pending.push(JSON.stringify(schema));
    }
  }
  return Object.fromEntries([...found].toSorted(([a], [b]) => a.localeCompare(b, 'en')));
}

const file = join(import.meta.dirname, '..', 'test', 'fixtures', 'github-openapi.json');
const text = JSON.stringify(extract(download())).replaceAll('#/components/schemas/', '#/$defs/');
writeFileSync(file, `${text}\n`);
process.stderr.write(`${file}: ${Math.round(text.length / 1024)} kB\n`);
