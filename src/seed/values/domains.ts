import type { Session } from '../../model/server.ts';
import type { ValueType } from '../schema/types.ts';
import { accepted } from './accepted.ts';
import { candidates } from './candidates.ts';
import { constantsIn } from './constants.ts';
import { satisfying } from './satisfying.ts';
import type { DomainValues } from './value.ts';

/** Finds values of all domains that these types are or are made of. */
export async function domainValues(session: Session, types: readonly ValueType[]): Promise<DomainValues> {
  const values = new Map<string, readonly string[]>();
  const found: DomainValues = (domain) => values.get(domain) ?? [];
  // Those within come before those that are made of them.
  const domains = new Map(types.flatMap(domainsWithin).map((domain) => [domain.sql, domain]));
  for (const { sql, base, checks } of domains.values()) {
    const tried = await accepted(session, candidates(base, 'value', constantsIn(checks), found));
    const met = await satisfying(session, [{ column: 'value', values: tried }], checks);
    values.set(
      sql,
      met.flatMap((each) => each.get('value') ?? []),
    );
  }
  return found;
}

type Domain = Extract<ValueType, { kind: 'domain' }>;

function domainsWithin(type: ValueType): readonly Domain[] {
  switch (type.kind) {
    case 'base':
    case 'enum':
      return [];
    case 'array':
      return domainsWithin(type.element);
    case 'composite':
      return type.attributes.flatMap(domainsWithin);
    case 'range':
      return domainsWithin(type.subtype);
    case 'multirange':
      return domainsWithin(type.range);
    case 'domain':
      return [...domainsWithin(type.base), type];
    default:
      return type satisfies never;
  }
}
