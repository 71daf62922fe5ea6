import type { EarlierWorkload, Query } from '../model/query.ts';

/**
 * Which version of a service sends a query: the one that is running (the base's), the new one (the head's), both; or
 * one of them, where only one workload is known.
 */
export type Version = 'running' | 'new' | 'both' | 'unknown';

/** A service that sends a query. */
export interface Sender {
  /** Null where the capture names none: then there is one application. */
  readonly service: string | null;
  readonly version: Version;
}

/** Who sends each query, by its fingerprint. */
export type Senders = ReadonlyMap<string, readonly Sender[]>;

/** Reads off who sends what at base and at head, each service by itself: they need not be captured together. */
export function sendersOf(head: readonly Query[], { queries: base }: EarlierWorkload): Senders {
  const [before, after] = [servicesByQuery(base ?? []), servicesByQuery(head)];
  // Of a service that the base's capture does not hold, nothing is known there.
  const compared = new Set([...before.values()].flat());
  const fingerprints = new Set([...before.keys(), ...after.keys()]);
  return new Map(
    [...fingerprints].map((fingerprint) => {
      const [running, next] = [before.get(fingerprint) ?? [], after.get(fingerprint) ?? []];
      const services = [...new Set([...running, ...next])];
      return [
        fingerprint,
        services.map((service): Sender => {
          if (!compared.has(service)) return { service, version: 'unknown' };
          const isBoth = running.includes(service) && next.includes(service);
          return { service, version: isBoth ? 'both' : running.includes(service) ? 'running' : 'new' };
        }),
      ];
    }),
  );
}

function servicesByQuery(queries: readonly Query[]): ReadonlyMap<string, readonly (string | null)[]> {
  return new Map(
    queries.map(({ fingerprint, origins }) => {
      const services = [...new Set(origins.map(({ service }) => service))];
      return [fingerprint, services.length === 0 ? [null] : services];
    }),
  );
}

/** Names of the services that send a query; none where the capture names none. */
export function servicesOf(senders: readonly Sender[]): readonly string[] {
  return [...new Set(senders.flatMap(({ service }) => service ?? []))].toSorted();
}
