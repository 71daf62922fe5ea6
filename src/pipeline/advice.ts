import type { Config } from '../config/config.ts';
import { usualThroughput } from '../estimates/assumptions.ts';
import { type Advice, noAdvice } from '../model/advice.ts';
import type { Query } from '../model/query.ts';
import type { IndexObject } from '../model/schema.ts';
import type { Sandbox } from '../model/server.ts';
import { advise } from '../remedies/indexes/advise.ts';
import { readTrigrams } from '../remedies/indexes/trigrams.ts';
import { SchemaFacts } from '../rules/schema-facts.ts';
import type { Head } from './head.ts';
import type { PlannedState } from './plans.ts';

/**
 * Tries indexes for the captured queries as they run at head; nothing is built where there are none.
 *
 * @param sent what head sends
 */
export async function adviseIndexes(
  sandbox: Sandbox,
  config: Config,
  head: Head,
  planned: PlannedState,
  sent: readonly Query[],
): Promise<Advice> {
  const queries = sent.flatMap(({ fingerprint }) => planned.examination.planned.get(fingerprint) ?? []);
  // Without files of production's length, an index looks as dear as the table.
  if (queries.length === 0 || sandbox.sizing !== 'files') return noAdvice;
  const database = head.state.name;
  const trigrams = await trigramsOf(sandbox, database);
  return advise(
    sandbox,
    {
      database,
      schema: new SchemaFacts(head.state.schema),
      sizes: planned.sizes,
      settings: planned.settings,
      tables: planned.tables,
      planned: queries,
      added: addedIndexes(head),
    },
    { ...usualThroughput, ...config.throughput },
    trigrams,
  );
}

/** In a session that is closed again, so that the database can be copied. */
async function trigramsOf(sandbox: Sandbox, database: string) {
  await using session = await sandbox.connect(database, 'superuser');
  return await readTrigrams(session);
}

function addedIndexes({ differences }: Head): readonly IndexObject[] {
  return differences.flatMap((each) =>
    each.kind === 'created' && each.object.kind === 'index' ? [each.object] : [],
  );
}
