import type { Insight } from '../../model/insight.ts';
import { code, join, md, type Safe, text } from './safe.ts';

/** ` of orders, billing`, behind the name of a query; nothing where no service is known. */
export function ofServices({ subject, services }: Pick<Insight, 'subject' | 'services'>): Safe {
  // A trace has its service in its name; a statement has none.
  if (subject.kind !== 'query' || services.length === 0) return md``;
  return md` of ${join(services.map(code), ', ')}`;
}

/** ` · services orders billing`, at the end of a line: those whose queries are told of. */
export function servicesTold(insights: readonly Insight[]): Safe {
  const services = [...new Set(insights.flatMap((each) => each.services))].toSorted();
  if (services.length === 0) return md``;
  return md` · ${text(services.length === 1 ? 'service' : 'services')} ${join(services.map(code), ' ')}`;
}
