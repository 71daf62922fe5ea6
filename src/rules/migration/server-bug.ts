import type { Facts } from '../facts.ts';
import type { StatementFacts } from '../facts-source.ts';
import { onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

/** The first release of 14 that builds indexes concurrently without leaving rows out. */
const firstGoodMinor = 4;

export default defineRule({
  id: 'migration/server-bug',
  title: 'A concurrent build can corrupt the index on this version',
  message:
    'builds {index:code} concurrently; before PostgreSQL 14.4 that can leave out rows that change meanwhile, and production runs {version}',
  triggeredWhen:
    'an index is built or rebuilt CONCURRENTLY, and production runs PostgreSQL 14.0 to 14.3 (`postgres.production` in the configuration)',
  impact: 'queries through the index miss rows, and a unique index lets duplicates in; nothing tells of it',
  remediation: [
    {
      kind: 'advice',
      title: 'Upgrade first',
      text: 'Install the newest minor release (release notes of 14.4), and check the indexes that were built concurrently before with amcheck: bt_index_check(index, true).',
    },
  ],
  core: false,
  *check(facts) {
    if (!isAffected(facts)) return;
    for (const each of facts.statements) {
      const [index] = concurrentlyBuilt(each);
      if (index === undefined) continue;
      const figures = { index: index.index, table: index.relation, version: facts.server.text };
      yield onStatement(each, 'high', figures);
    }
  },
});

function isAffected({ server }: Facts): boolean {
  const [major, minor = Number.NaN] = server.text.split('.').map(Number);
  return major === 14 && minor < firstGoodMinor;
}

/** What is built outside a transaction is built concurrently, or rewritten by VACUUM, which tells no index. */
function concurrentlyBuilt({ statement }: StatementFacts) {
  return statement.transaction === null ? statement.indexesBuilt : [];
}
