import type { TableObject } from '../../model/schema.ts';
import type { Facts } from '../facts.ts';
import { lastDrop, onObject } from '../on-object.ts';
import { publicationOf } from '../published.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'schema/replica-identity',
  title: 'A published table has no replica identity',
  message: '{table:code} {lack}: UPDATE and DELETE fail on it while {publication} publishes them',
  triggeredWhen:
    'a table whose updates or deletes are published has no primary key and no other replica identity, or the index that was its replica identity is gone',
  impact:
    'every UPDATE and DELETE on the table is refused with 55000, since subscribers could not tell which row is meant',
  remediation: [
    {
      kind: 'advice',
      title: 'Give it another identity first',
      text: 'Before the index goes, ALTER TABLE ... REPLICA IDENTITY USING INDEX names another one that is unique, not partial and on columns that are NOT NULL; FULL works without any, and sends whole old rows.',
    },
  ],
  core: false,
  *check(facts) {
    for (const table of facts.schema.tables) {
      const lack = lackOf(facts, table);
      const publication = publicationOf(facts, table);
      // Who names an index as the identity publishes the table, though perhaps not by a migration.
      if (lack === null || (publication === null && table.replicaIdentity !== 'index')) continue;
      const cause = lastDrop(
        facts,
        (object) =>
          object.kind === 'index' &&
          object.table === table.name &&
          (object.primary || object.replicaIdentity),
      );
      yield onObject(
        facts,
        table,
        'high',
        { table: table.name, lack, publication: publication?.name ?? 'a publication' },
        { cause: cause ?? (publication === null ? null : facts.lastChangeOf(publication.key)) },
      );
    }
  },
});

function lackOf(facts: Facts, { name, replicaIdentity }: TableObject): string | null {
  const indexes = facts.schema.on(name, 'index');
  switch (replicaIdentity) {
    case 'full':
      return null;
    case 'nothing':
      return 'is told to have no replica identity';
    case 'default':
      return indexes.some(({ primary }) => primary)
        ? null
        : 'has neither a primary key nor a replica identity';
    case 'index':
      return indexes.some((index) => index.replicaIdentity)
        ? null
        : 'has lost the index that was its replica identity';
    default:
      return replicaIdentity satisfies never;
  }
}
