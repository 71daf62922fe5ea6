import { columns } from './columns.ts';
import { constraints } from './constraints.ts';
import type { Family } from './family.ts';
import { functions } from './functions.ts';
import { indexes } from './indexes.ts';
import { collations, defaultPrivileges, eventTriggers, extensions, schemas, statistics } from './others.ts';
import { policies } from './policies.ts';
import { publications } from './publications.ts';
import { relations } from './relations.ts';
import { rules } from './rules.ts';
import { triggers } from './triggers.ts';
import { types } from './types.ts';

/** All families, in the order in which their objects can be created: a schema is listed in this order. */
export const families: readonly Family[] = [
  extensions,
  schemas,
  collations,
  types,
  functions,
  relations,
  columns,
  constraints,
  indexes,
  statistics,
  triggers,
  policies,
  rules,
  publications,
  defaultPrivileges,
  eventTriggers,
];
