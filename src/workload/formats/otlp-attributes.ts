import { z } from 'zod';

/** A value of an attribute, as OTLP/JSON wraps it. */
type Attribute = string | number | boolean | readonly Attribute[];

const wrapped = z.object({
  stringValue: z.string().optional(),
  string_value: z.string().optional(),
  // 64-bit integers are texts in the JSON form of Protocol Buffers.
  intValue: z.union([z.string(), z.number()]).optional(),
  int_value: z.union([z.string(), z.number()]).optional(),
  doubleValue: z.number().optional(),
  double_value: z.number().optional(),
  boolValue: z.boolean().optional(),
  bool_value: z.boolean().optional(),
  get arrayValue() {
    return z.object({ values: z.array(wrapped).optional() }).optional();
  },
  get array_value() {
    return z.object({ values: z.array(wrapped).optional() }).optional();
  },
});

export const attributesSchema = z.array(z.object({ key: z.string(), value: wrapped.optional() })).optional();

/** Attributes by key. */
export type Attributes = ReadonlyMap<string, Attribute>;

export function attributesOf(list: z.infer<typeof attributesSchema>): Attributes {
  return new Map(
    (list ?? []).flatMap(({ key, value }) => {
      const plain = value === undefined ? null : unwrap(value);
      return plain === null ? [] : [[key, plain] as const];
    }),
  );
}

function unwrap(value: z.infer<typeof wrapped>): Attribute | null {
  const list = value.arrayValue ?? value.array_value;
  if (list !== undefined) return (list.values ?? []).flatMap((each) => unwrap(each) ?? []);
  const whole = value.intValue ?? value.int_value;
  if (whole !== undefined) return Number(whole);
  return (
    value.stringValue ??
    value.string_value ??
    value.doubleValue ??
    value.double_value ??
    value.boolValue ??
    value.bool_value ??
    null
  );
}

/** The first of some attributes that is there, as text. */
export function textOf(attributes: Attributes, ...keys: readonly string[]): string | null {
  for (const key of keys) {
    const value = attributes.get(key);
    if (value !== undefined && typeof value !== 'object') return String(value);
  }
  return null;
}
