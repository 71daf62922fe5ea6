import { z } from 'zod';

/** As much of JSON Schema as GitHub's description is written in. */
interface Schema {
  readonly $ref?: string | undefined;
  readonly type?: string | readonly string[] | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly format?: string | undefined;
  readonly required?: readonly string[] | undefined;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly anyOf?: readonly Schema[] | undefined;
  readonly oneOf?: readonly Schema[] | undefined;
  readonly allOf?: readonly Schema[] | undefined;
}

const schema: z.ZodType<Schema> = z.lazy(() =>
  z.looseObject({
    $ref: z.string().optional(),
    type: z.union([z.string(), z.array(z.string())]).optional(),
    enum: z.array(z.unknown()).optional(),
    format: z.string().optional(),
    required: z.array(z.string()).optional(),
    properties: z.record(z.string(), schema).optional(),
    anyOf: z.array(schema).optional(),
    oneOf: z.array(schema).optional(),
    allOf: z.array(schema).optional(),
  }),
);

const textsByFormat: Readonly<Record<string, string>> = {
  uri: 'https://github.test/somewhere',
  'date-time': '2026-01-14T09:30:00Z',
};

export type Definitions = Readonly<Record<string, unknown>>;

/** The smallest thing that a schema allows, with some of its properties as given. */
export function sampleOf(
  name: string,
  definitions: Definitions,
  properties: Readonly<Record<string, unknown>>,
) {
  const value = sample(definition(name, definitions), definitions);
  return { ...z.record(z.string(), z.unknown()).parse(value), ...properties };
}

function definition(name: string, definitions: Definitions): Schema {
  return schema.parse(definitions[name]);
}

function sample(of: Schema, definitions: Definitions): unknown {
  if (of.$ref !== undefined)
    return sample(definition(of.$ref.split('/').at(-1) ?? '', definitions), definitions);
  const [alternative] = of.anyOf ?? of.oneOf ?? of.allOf ?? [];
  if (alternative !== undefined) return sample(alternative, definitions);
  const types = typeof of.type === 'string' ? [of.type] : (of.type ?? []);
  if (types.includes('null')) return null;
  if (of.enum !== undefined) return of.enum[0];
  switch (types[0]) {
    case 'string':
      return textsByFormat[of.format ?? ''] ?? '';
    case 'integer':
    case 'number':
      return 0;
    case 'boolean':
      return false;
    case 'array':
      return [];
    default:
      return Object.fromEntries(
        (of.required ?? []).map((key) => [key, sample(of.properties?.[key] ?? {}, definitions)]),
      );
  }
}
