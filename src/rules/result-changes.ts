import type { ResultColumn, ResultShape } from '../model/result.ts';

/** One way in which what a query returns, or takes, differs between base and head. */
export type ResultChange =
  | {
      readonly kind: 'added';
      readonly column: ResultColumn;
      /** Whether the result had a column of that name already, of which drivers that go by names keep one. */
      readonly isHomonym: boolean;
    }
  | { readonly kind: 'removed'; readonly column: ResultColumn }
  | { readonly kind: 'reordered' }
  | { readonly kind: 'retyped'; readonly before: ResultColumn; readonly after: ResultColumn }
  | { readonly kind: 'nullable'; readonly before: ResultColumn; readonly after: ResultColumn }
  | {
      readonly kind: 'parameter';
      readonly number: number;
      readonly before: string;
      readonly after: string;
    };

/**
 * Compares what a query returns in two states; columns are known by their names, those of one name by their order.
 *
 * @param canTellNulls whether a column that is NOT NULL in its table is so in the result: no outer join, set operation
 *   or grouping set puts NULLs there
 */
export function resultChanges(
  base: ResultShape,
  head: ResultShape,
  canTellNulls: boolean,
): readonly ResultChange[] {
  const [before, after] = [withPlaces(base), withPlaces(head)];
  const common = [...before.keys()].filter((place) => after.has(place));
  const inOrder = [...after.keys()].filter((place) => before.has(place));
  const names = new Set((base.columns ?? []).map(({ name }) => name));
  const pairs = common.flatMap((place) => {
    const [one, other] = [before.get(place), after.get(place)];
    return one === undefined || other === undefined ? [] : [{ before: one, after: other }];
  });
  return [
    ...[...after].flatMap(([place, column]): readonly ResultChange[] =>
      before.has(place) ? [] : [{ kind: 'added', column, isHomonym: names.has(column.name) }],
    ),
    ...[...before].flatMap(([place, column]): readonly ResultChange[] =>
      after.has(place) ? [] : [{ kind: 'removed', column }],
    ),
    ...(common.some((place, index) => inOrder[index] !== place) ? [{ kind: 'reordered' } as const] : []),
    ...pairs.flatMap((pair): readonly ResultChange[] => {
      if (pair.before.type !== pair.after.type) return [{ kind: 'retyped', ...pair }];
      const isLoosened = pair.before.origin?.notNull === true && pair.after.origin?.notNull === false;
      return canTellNulls && isLoosened ? [{ kind: 'nullable', ...pair }] : [];
    }),
    ...parameterChanges(base, head),
  ];
}

function parameterChanges(base: ResultShape, head: ResultShape): readonly ResultChange[] {
  return (base.parameters ?? []).flatMap((before, index): readonly ResultChange[] => {
    const after = head.parameters?.[index];
    return after === undefined || after === before
      ? []
      : [{ kind: 'parameter', number: index + 1, before, after }];
  });
}

/** Columns by their name and which of that name they are. */
function withPlaces({ columns }: ResultShape): ReadonlyMap<string, ResultColumn> {
  const counts = new Map<string, number>();
  return new Map(
    (columns ?? []).map((column) => {
      const count = (counts.get(column.name) ?? 0) + 1;
      counts.set(column.name, count);
      return [`${count} ${column.name}`, column];
    }),
  );
}
