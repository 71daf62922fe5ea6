import type { EarlierWorkload, Query } from '../model/query.ts';

/** What is said of a workload that is known at head only. */
export const unknownEarlier: EarlierWorkload = {
  gone: [],
  replaced: new Map(),
  added: new Set(),
  queries: null,
  traces: null,
};

/**
 * Compares the queries of two workloads by their shape. A query of head takes the place of one of the base where both
 * have the same name or are sent from the same place, and no other query of either side is or has been there.
 */
export function earlierWorkload(
  base: readonly Query[],
  head: readonly Query[],
): Omit<EarlierWorkload, 'traces'> {
  const before = new Set(base.map(({ fingerprint }) => fingerprint));
  const after = new Set(head.map(({ fingerprint }) => fingerprint));
  const gone = base.filter(({ fingerprint }) => !after.has(fingerprint));
  const added = head.filter(({ fingerprint }) => !before.has(fingerprint));
  const goneFrom = Map.groupBy(gone.flatMap(withPlaces), ({ place }) => place);
  const addedAt = Map.groupBy(added.flatMap(withPlaces), ({ place }) => place);
  const replaced = new Map<string, Query>();
  for (const [place, queries] of addedAt) {
    const [one, ...others] = goneFrom.get(place) ?? [];
    const [query] = queries;
    if (one === undefined || others.length > 0 || query === undefined || queries.length > 1) continue;
    if (!replaced.has(query.query.fingerprint)) replaced.set(query.query.fingerprint, one.query);
  }
  return { gone, replaced, added: new Set(added.map(({ fingerprint }) => fingerprint)), queries: base };
}

/** What a query can be known by again once its text is another, the surest first. Lines move, so they are none. */
function withPlaces(query: Query): readonly { readonly place: string; readonly query: Query }[] {
  const files = query.origins.flatMap(({ file }) => (file === null ? [] : [file]));
  const routes = query.origins.flatMap(({ service, route }) =>
    route === null ? [] : [`${service} ${route}`],
  );
  const places = [
    ...(query.name === null ? [] : [`name ${query.name}`]),
    ...new Set(routes.map((route) => `route ${route}`)),
    ...new Set(files.map((file) => `file ${file}`)),
  ];
  return places.map((place) => ({ place, query }));
}
