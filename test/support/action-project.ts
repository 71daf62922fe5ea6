import { type ActionEnd, type ActionRun, runAction } from './action-run.ts';
import type { FakeGitHub } from './fake-github.ts';
import type { TestPullRequest } from './pull-request.ts';

/** A small airline, as it is in production. */
export const base = {
  '.github/pg-guardrails.yml':
    'workload: [workload.ndjson]\ntables:\n  flights: { rows: 50M }\n  tickets: { rows: 20M }\n',
  'migrations/0001_flights.sql':
    'CREATE TABLE flights (id int PRIMARY KEY, status text NOT NULL, departure timestamptz);\n',
  'migrations/0002_tickets.sql':
    'CREATE TABLE tickets (id int PRIMARY KEY, flight_id int NOT NULL REFERENCES flights);\n',
  'workload.ndjson': [
    { sql: 'SELECT id FROM flights WHERE id = $1', params: [5], route: 'GET /flights/:id' },
    { sql: 'SELECT count(*) FROM flights WHERE status = $1', params: ['Delayed'], route: 'GET /board' },
  ]
    .map((query) => `${JSON.stringify(query)}\n`)
    .join(''),
};

/** A change that locks two of its tables. */
export const change = {
  'migrations/0003_status.sql': `-- Flights are found by status.
CREATE INDEX flights_status_idx
    ON flights (status);

ALTER TABLE tickets ADD COLUMN reference uuid NOT NULL DEFAULT gen_random_uuid();
`,
};

/** The same change, done so that nobody has to wait. */
export const mended = {
  'migrations/0003_status.sql': 'CREATE INDEX CONCURRENTLY flights_status_idx ON flights (status);\n',
};

/** How a run differs from the usual one: the event `pull_request`, with all inputs as they are by default. */
export type RunParts = Partial<Omit<ActionRun, 'workspace' | 'apiUrl'>> & Pick<ActionRun, 'dist'>;

/** Runs the Action for the pull request as it is now. */
export function runOn(repository: TestPullRequest, github: FakeGitHub, parts: RunParts): Promise<ActionEnd> {
  github.repository.pull = repository.pull;
  const event = { name: 'pull_request', payload: repository.payload() };
  return runAction({ workspace: repository.root, apiUrl: github.url, event, ...parts });
}

/** What a reader of the log gets, as `error migrations/0001.sql:2-3 Title`. */
export function told({ commands }: ActionEnd): readonly string[] {
  return commands.map(({ name, properties: { file, line, endLine, title } }) =>
    [name, file === undefined ? '' : `${file}:${line}-${endLine}`, title ?? '']
      .filter((part) => part !== '')
      .join(' '),
  );
}
