/** Number of combinations of values that some columns have. */
interface Distinct {
  readonly attributes: readonly number[];
  readonly count: number;
}

/** How far the values of some columns decide those of the last of them, 0 to 1. */
interface Dependency {
  readonly attributes: readonly number[];
  readonly degree: number;
}

/**
 * Reads `{"1, 2": 100, "1, 3": 50}`, as versions 14 to 18 print a pg_ndistinct. Null for anything else.
 *
 * @param numberOf number of an attribute here; 0 where it is not here, and what is about it is left out
 */
export function readDistinct(
  text: string,
  numberOf: (attribute: number) => number,
): readonly Distinct[] | null {
  const items = [...text.matchAll(/"([-\d, ]+)": (\d+)/g)].map(
    ([, attributes = '', count = '']): Distinct => ({
      attributes: attributes.split(',').map((each) => numberOf(Number(each))),
      count: Number(count),
    }),
  );
  return known(items);
}

/** Reads `{"1 => 2": 1.000000, "1, 2 => 3": 0.5}`, as versions 14 to 18 print a pg_dependencies. */
export function readDependencies(
  text: string,
  numberOf: (attribute: number) => number,
): readonly Dependency[] | null {
  const items = [...text.matchAll(/"([-\d, ]+=> -?\d+)": ([\d.]+)/g)].map(
    ([, attributes = '', degree = '']): Dependency => ({
      attributes: attributes.split(/,|=>/).map((each) => numberOf(Number(each))),
      degree: Number(degree),
    }),
  );
  return known(items);
}

function known<Item extends { readonly attributes: readonly number[] }>(
  items: readonly Item[],
): readonly Item[] | null {
  const complete = items.filter(({ attributes }) => !attributes.includes(0));
  return complete.length === 0 ? null : complete;
}

/** STATS_NDISTINCT_MAGIC and STATS_NDISTINCT_TYPE_BASIC (statistics.h). */
const distinctHeader = [0xa3_52_bf_a4, 1] as const;
/** STATS_DEPS_MAGIC and STATS_DEPS_TYPE_BASIC. */
const dependenciesHeader = [0xb4_54_9a_2c, 1] as const;

/** As statext_ndistinct_serialize in mvdistinct.c does, in the byte order of all machines that we run on. */
export function serialiseDistinct(items: readonly Distinct[]): Buffer {
  return Buffer.concat([
    integers([...distinctHeader, items.length]),
    // Attributes are compared with a bitmap's members, in any order.
    ...items.map(({ attributes, count }) =>
      Buffer.concat([double(count), integers([attributes.length]), shorts(attributes)]),
    ),
  ]);
}

/** As statext_dependencies_serialize in dependencies.c. */
export function serialiseDependencies(items: readonly Dependency[]): Buffer {
  return Buffer.concat([
    integers([...dependenciesHeader, items.length]),
    ...items.map(({ attributes, degree }) =>
      Buffer.concat([double(degree), shorts([attributes.length, ...attributes])]),
    ),
  ]);
}

function integers(numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [index, number] of numbers.entries()) bytes.writeUInt32LE(number, index * 4);
  return bytes;
}

function shorts(numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 2);
  for (const [index, number] of numbers.entries()) bytes.writeInt16LE(number, index * 2);
  return bytes;
}

function double(number: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(number);
  return bytes;
}
