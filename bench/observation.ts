import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { observeChange } from '../src/migrations/observe.ts';
import type { Migration } from '../src/model/migration.ts';
import { succeeded } from '../src/model/observation.ts';
import type { Sandbox } from '../src/model/server.ts';
import { startEmbedded } from '../src/sandbox/embedded/embedded.ts';

/** Tables of 20,000 rows, as the locks, scans and rewrites of the reference were taken on. */
const rows = 20_000;

function fixture(): string {
  const file = join(import.meta.dirname, '..', 'test', 'migrations', 'oracle', 'fixture.sql');
  return readFileSync(file, 'utf8').replaceAll('generate_series(1, 1000)', `generate_series(1, ${rows})`);
}

/** What migrations do: half of it only touches the catalogue, half goes through a table. */
const statements = [
  'ALTER TABLE big ADD note text',
  "ALTER TABLE big ADD status text NOT NULL DEFAULT 'new'",
  'ALTER TABLE big ALTER c SET DEFAULT 1',
  'ALTER TABLE big ADD CONSTRAINT positive CHECK (c > 0) NOT VALID',
  'ALTER TABLE big VALIDATE CONSTRAINT positive',
  'ALTER TABLE big ALTER c SET NOT NULL',
  'CREATE INDEX ON big (status, ts)',
  'CREATE UNIQUE INDEX ON big (c)',
  'CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, big_id int REFERENCES big)',
  'CREATE INDEX ON notes (big_id)',
  'ALTER TABLE big ADD FOREIGN KEY (ref_id) REFERENCES ref',
  'ALTER TABLE big ALTER w TYPE varchar(100)',
  'ALTER TABLE big ALTER w TYPE varchar(20)',
  'ALTER TABLE big ADD reference uuid DEFAULT gen_random_uuid()',
  'ALTER TABLE big RENAME x TO y',
  'UPDATE big SET note = status',
  'DROP INDEX big_a',
  'CREATE VIEW open AS SELECT id, status FROM big',
  "COMMENT ON TABLE big IS 'large'",
  'ALTER TABLE part2 ADD PRIMARY KEY (id)',
  'CREATE INDEX ON part (id)',
  'ALTER TABLE big DROP COLUMN reference',
  'CREATE TRIGGER inserts BEFORE INSERT ON big FOR EACH ROW EXECUTE FUNCTION trigger_function()',
  'TRUNCATE ul',
] as const;

/** Milliseconds that the statements take by a session that does nothing else, each in its own transaction. */
async function bare(sandbox: Sandbox, database: string): Promise<number> {
  await using session = await sandbox.connect(database, 'owner');
  const started = performance.now();
  for (const sql of statements) {
    await session.script('BEGIN');
    await session.script(sql);
    await session.script('COMMIT');
  }
  return performance.now() - started;
}

async function observed(sandbox: Sandbox, database: string): Promise<number> {
  const migrations = statements.map(
    (text, index): Migration => ({
      path: `${index}.sql`,
      version: `${index}`,
      text,
      kind: 'versioned',
      wrapping: 'transaction',
      down: null,
    }),
  );
  const started = performance.now();
  const observations = await observeChange(sandbox, database, migrations);
  const milliseconds = performance.now() - started;
  const failed = observations.find((observation) => !succeeded(observation));
  if (failed !== undefined) throw new Error(`a statement of the bench fails: ${failed.file}`);
  return milliseconds;
}

/** One round: the same statements bare and observed, on two copies of one database. */
export async function observationRounds(
  rounds: number,
): Promise<readonly { readonly bare: number; readonly observed: number }[]> {
  const signal = new AbortController().signal;
  await using sandbox = await startEmbedded({ major: 18, limitMs: 60_000, signal });
  await sandbox.createDatabase('fixture');
  {
    await using session = await sandbox.connect('fixture', 'owner');
    await session.script(fixture());
  }
  const measured: { readonly bare: number; readonly observed: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await sandbox.createDatabase(`bare_${round}`, 'fixture');
    await sandbox.createDatabase(`observed_${round}`, 'fixture');
    measured.push({
      bare: await bare(sandbox, `bare_${round}`),
      observed: await observed(sandbox, `observed_${round}`),
    });
  }
  return measured;
}

export const observedStatements = statements.length;
export const observedRows = rows;
