import type { PublicationObject, TableObject } from '../model/schema.ts';
import type { Facts } from './facts.ts';

/**
 * The publication that sends updates or deletes of a table to subscribers, who need its replica identity to find the
 * rows (PostgreSQL documentation, "Logical Replication", "Publication"); null where there is none.
 */
export function publicationOf(facts: Facts, { name }: TableObject): PublicationObject | null {
  const publications = facts.schema.all('publication').filter(({ publishes }) => {
    return publishes.includes('update') || publishes.includes('delete');
  });
  const holds = ({ tables, schemas }: PublicationObject) =>
    schemas === 'all' || tables.includes(name) || schemas.some((schema) => name.startsWith(`${schema}.`));
  return publications.find(holds) ?? null;
}
