import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { Client } from 'pg';
import type { Session } from '../../src/model/server.ts';
import { parseCsv } from '../../src/server-log/csv.ts';
import { readWorkload } from '../../src/workload/read.ts';
import { CommandLine } from '../support/command-line.ts';
import { TestProject } from '../support/project.ts';
import { TestServer } from '../support/server.ts';

const escapes = '\u001b[2J\u001b]8;;http://evil.example\u0007';
const forged = `x\n2026-11-20 09:14:02.497 UTC [1] LOG:  statement: SELECT forged FROM users\nLOG:  statement: SELECT forged\n{"timestamp":"2026-11-20 09:14:02.497 UTC","error_severity":"LOG","message":"statement: SELECT forged"}\n2026-11-20 09:14:02.497 UTC,"a","b",1,"c",d,1,"e",f,g,0,LOG,00000,"statement: SELECT forged",,,,,,,,,"h","i",,0\n`;
const tags = `/*route='%0A%23%23%20pwned%20%3Cscript%3Ealert(1)%3C%2Fscript%3E%20%7C%20x',file='..%2F..%2Fetc%2Fpasswd:1',application='%1B%5B31m__proto__',test='%E0%A4%A'*/`;

/** What somebody sends who wants the review to go wrong, each one query; statements of the server's log lose nothing of it. */
const sent: readonly string[] = [
  'SELECT /* SELECT forged FROM users; -- */ count(*) FROM users -- */ SELECT forged',
  `SELECT note AS a FROM users WHERE note = '${forged.replaceAll("'", "''")}'`,
  `SELECT note AS b FROM users WHERE note = '${escapes}\u0001\u0008\u007f\u009b\u202e'`,
  `SELECT note AS c FROM users WHERE note = '</details>\n\n\`\`\`\n# pwned <img src=x onerror=alert(1)> @somebody'`,
  `SELECT note AS d FROM users WHERE id = 7 ${tags}`,
  `SELECT id AS "</code>|\u001b[31m <script>alert(2)</script>" FROM users`,
  `SELECT note AS e FROM users WHERE note = '${'z'.repeat(10 * 1024 ** 2)}'`,
  `SELECT note AS f FROM users WHERE id = ${'('.repeat(600)}1${')'.repeat(600)}`,
  `SELECT note AS g FROM users WHERE id IN (${Array.from({ length: 20_000 }, (_, id) => id).join()})`,
  'SELECT note AS h FROM users WHERE id = 99999999999999999999999999999999999999999999::numeric',
  `SELECT note AS i FROM users WHERE note = E'\\x1b\\'; SELECT forged; --'`,
];

const schema = 'CREATE TABLE users (id int PRIMARY KEY, note text);';
const forms = ['csvlog', 'jsonlog', 'stderr'] as const;

async function logOf(session: Session): Promise<string> {
  const [row] = await session.query(
    `SELECT pg_catalog.pg_read_binary_file(pg_catalog.pg_current_logfile('csvlog')) AS bytes`,
  );
  const bytes = row?.['bytes'];
  return bytes instanceof Uint8Array ? Buffer.from(bytes).toString('utf8') : '';
}

/** The entries of a server's log as the server writes them in another form (write_jsonlog and send_message_to_server_log). */
function written(csv: string, form: (typeof forms)[number]): string {
  const entries = parseCsv(csv).map((fields) => ({
    time: fields[0] ?? '',
    pid: fields[3] ?? '',
    severity: fields[11] ?? '',
    message: fields[13] ?? '',
    detail: fields[14] ?? '',
  }));
  switch (form) {
    case 'csvlog':
      return csv;
    case 'jsonlog':
      return entries
        .map(({ time, pid, severity, message, detail }) => {
          const line = { timestamp: time, pid: Number(pid), error_severity: severity, message };
          return `${JSON.stringify({ ...line, ...(detail === '' ? {} : { detail }) })}\n`;
        })
        .join('');
    case 'stderr':
      return entries
        .map(({ time, pid, severity, message, detail }) => {
          const part = (name: string, text: string) =>
            `${time} [${pid}] ${name}:  ${text.replaceAll('\n', '\n\t')}\n`;
          return `${part(severity, message)}${detail === '' ? '' : part('DETAIL', detail)}`;
        })
        .join('');
    default:
      return form satisfies never;
  }
}

async function until(isDone: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await isDone()) return;
    await pause(50);
  }
  throw new Error('the server does not write its log');
}

let commandLine: CommandLine;
let log = '';

beforeAll(async () => {
  commandLine = await CommandLine.bundled('hostile-capture-test');
  await using server = await TestServer.start(18, 60_000, true);
  const database = await server.database(schema);
  await using superuser = await server.sandbox.connect(database, 'superuser');
  await superuser.query('ALTER SYSTEM SET log_min_duration_statement = 0');
  await superuser.query('SELECT pg_catalog.pg_reload_conf()');
  const client = new Client({
    ...server.sandbox.address(database),
    application_name: `a'";<b>${'\u001b'}[31m`,
  });
  await client.connect();
  for (const sql of sent) await client.query(sql);
  await client.query('SELECT note AS j FROM users WHERE note = $1', [forged + escapes]);
  await client.query("SELECT 'the end' FROM users");
  await client.end();
  await until(async () => {
    log = await logOf(superuser);
    return log.includes("'the end'");
  });
}, 120_000);

describe.each(forms)('a %s of hostile statements', (form) => {
  test('holds what was sent, and nothing else', async () => {
    using project = new TestProject({ 'server.log': written(log, form) });
    const { queries, unchecked } = await readWorkload(project.root, ['server.log']);
    const texts = queries.map(({ sql }) => sql);
    expect(texts.filter((sql) => /^SELECT forged/.test(sql))).toEqual([]);
    for (const name of 'abcdefghij') {
      expect([name, texts.some((sql) => sql.startsWith(`SELECT note AS ${name} `))]).toEqual([name, true]);
    }
    expect(texts).toContain(
      `SELECT note AS c FROM users WHERE note = '</details>\n\n\`\`\`\n# pwned <img src=x onerror=alert(1)> @somebody'`,
    );
    expect(texts).toContain('SELECT note AS e FROM users WHERE note = $1');
    expect(unchecked.filter(({ reason }) => /captured queries/.test(reason))).toEqual([]);
    const origins = queries.find(({ sql }) => sql.startsWith('SELECT note AS d'))?.origins;
    expect(origins).toMatchObject([
      { route: '\n## pwned <script>alert(1)</script> | x', line: 1, test: '%E0%A4%A' },
    ]);
    const { samples } = queries.find(({ sql }) => sql.startsWith('SELECT note AS j')) ?? {};
    expect(samples).toEqual([[forged + escapes]]);
  });
});

test('a log of hostile statements is reviewed, and nothing of it reaches a reader as more than text', async () => {
  using project = new TestProject({
    'migrations/0001_base.sql': schema,
    'migrations/0002_change.sql': 'ALTER TABLE users ADD more text;',
    '.github/pg-guardrails.yml': 'tables:\n  users: { rows: 50M }\n',
    'server.log': written(log, 'stderr'),
  });
  const markdown = join(project.root, 'review.md');
  const { review, stdout, stderr } = await commandLine.run(
    project.root,
    'check',
    '--new',
    '0002_change.sql',
    '--workload',
    'server.log',
    '--report',
    `markdown=${markdown}`,
  );
  if (review === null) throw new Error(stderr);
  expect(review.queries.length).toBeGreaterThan(10);
  expect(`${stdout}${stderr}`).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  const html = micromark(readFileSync(markdown, 'utf8'), {
    allowDangerousHtml: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
  expect(html).not.toMatch(/<(?:script|img)\b/);
  expect(html).not.toMatch(/<h\d[^>]*>\s*pwned/);
  expect(html).not.toContain('href="http://evil');
  expect(html).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/);
});

describe('keys and numbers of JSON', () => {
  const lines = [
    '{"__proto__": {"sql": "SELECT forged", "polluted": true}, "sql": "SELECT 1 FROM users", "constructor": {"prototype": {"polluted": 1}}}',
    '{"sql": "SELECT 2 FROM users AS two", "startedAt": 1e300, "durationMs": 1e308, "rows": 1e308, "calls": 9007199254740991}',
    '{"sql": "SELECT 2 FROM users AS two", "startedAt": -1e300, "durationMs": 1e308, "rows": 1e308, "calls": 9007199254740991}',
    `{"sql": "SELECT 3 FROM users AS three", "params": ${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
    `${'['.repeat(100_000)}`,
    '{"sql": "SELECT 4 FROM users AS four", "params": [{"__proto__": 1, "toString": 2, "toJSON": 3}], "file": "__proto__", "line": 9007199254740991}',
    '{"sql": "SELECT \\u0000 FROM users"}',
    '{"sql": "SELECT \'\\ud800\' FROM users AS five"}',
  ];

  test('are read as what they are', async () => {
    using project = new TestProject({ 'w.ndjson': lines.join('\n') });
    const { queries } = await readWorkload(project.root, ['w.ndjson']);
    expect(queries.map(({ sql }) => sql).join()).not.toContain('forged');
    expect(Object.keys({}).length + Number('polluted' in {})).toBe(0);
    expect(queries.find(({ sql }) => sql.includes('two'))).toMatchObject({ firstSeen: null, lastSeen: null });
  });

  test('are reviewed', async () => {
    using project = new TestProject({
      'migrations/0001_base.sql': schema,
      'migrations/0002_change.sql': 'ALTER TABLE users ADD more text;',
      'w.ndjson': lines.join('\n'),
    });
    const { review, stderr } = await commandLine.run(
      project.root,
      'check',
      '--new',
      '0002_change.sql',
      '--workload',
      'w.ndjson',
    );
    if (review === null) throw new Error(stderr);
    expect(review.queries.length).toBeGreaterThanOrEqual(3);
  });
});
