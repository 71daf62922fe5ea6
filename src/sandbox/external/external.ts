import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Sandbox, ServerVersion, Session } from '../../model/server.ts';
import { readVersion } from '../server.ts';
import { PgSession } from '../session.ts';
import { prefixOf, removeAbandoned, sessionName } from './abandoned.ts';
import { Belongings } from './belongings.ts';
import { cannotConnect, inUse, readOnlyServer, unsupportedVersion } from './errors.ts';
import { type Rights, readRole, requireLog, runsPrograms } from './rights.ts';
import { ExternalServer } from './server.ts';
import { type Account, ServerUrl } from './url.ts';

export interface ExternalOptions {
  readonly url: string;
  /** What one statement may take, in milliseconds. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
  /** Whether other programs are to connect, and what they send can be logged. */
  readonly forTools?: boolean;
}

/**
 * Uses somebody's server: databases of our own are created in it, under names that nobody else has, and dropped at
 * the end. No other database is touched, and no setting of the server.
 *
 * @throws CannotReview where it cannot be reached, is of another version, or does not allow it.
 */
export async function startExternal({ forTools = false, ...options }: ExternalOptions): Promise<Sandbox> {
  const { limitMs, signal } = options;
  const url = new ServerUrl(options.url);
  const run = randomBytes(5).toString('hex');
  await using starting = new AsyncDisposableStack();
  const control = starting.use(await openControl(url, run));
  const version = await supportedVersion(url, control);
  const role = await readRole(control);
  if (forTools) await requireLog(control, role.isSuperuser);
  await removeAbandoned(control);
  if (role.isSuperuser) await waitForOthers(url, control, signal);
  const owner = role.isSuperuser ? prefixOf(run) : null;
  const belongings = await Belongings.begin(control, owner);
  starting.defer(() => belongings.remove());
  const rights: Rights =
    owner === null
      ? { kind: 'createdb', role: role.name }
      : {
          kind: 'superuser',
          owner: await createOwner(control, owner),
          runsPrograms: await runsPrograms(control),
        };
  signal.throwIfAborted();
  // Disconnects everybody, so that what waits for the server ends. What fails is told where it is disposed of.
  const interrupt = () => void belongings.remove().catch(() => {});
  signal.addEventListener('abort', interrupt, { once: true });
  starting.defer(() => signal.removeEventListener('abort', interrupt));
  const running = starting.move();
  const stop = () => running.disposeAsync();
  return new ExternalServer({
    url,
    run,
    control,
    version,
    rights,
    belongings,
    forTools,
    limitMs,
    signal,
    stop,
  });
}

async function openControl(url: ServerUrl, run: string): Promise<PgSession> {
  try {
    const settings = ['search_path=pg_catalog', 'default_transaction_read_only=off', 'statement_timeout=0'];
    const connection = url.connection(url.database, { account: null, settings, name: sessionName(run) });
    return await PgSession.open(connection, null);
  } catch (error) {
    throw cannotConnect(url.place, error);
  }
}

async function supportedVersion(url: ServerUrl, control: Session): Promise<ServerVersion> {
  const version = await readVersion(control);
  if (version.major < 14 || version.major > 18) throw unsupportedVersion(url.place, version.text);
  const [row] = await control.query('SELECT pg_catalog.pg_is_in_recovery() AS recovering');
  if (row?.['recovering'] === true) throw readOnlyServer(url.place);
  return version;
}

/** Between two tries, and what reviews on one server wait for at most, in milliseconds. */
const patience = { pauseMs: 100, limitMs: 600_000 };

/**
 * Roles belong to the whole server, so that two reviews that create the same would be in each other's way. The lock
 * belongs to the session, and goes with it.
 */
async function waitForOthers(url: ServerUrl, control: Session, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + patience.limitMs;
  for (;;) {
    signal.throwIfAborted();
    const [row] = await control.query(
      `SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtext('pg-guardrails')) AS locked`,
    );
    if (row?.['locked'] === true) return;
    if (performance.now() >= deadline) throw inUse(url.place);
    await pause(patience.pauseMs, undefined, { signal });
  }
}

/** Time zone and language of messages are fixed, as on a server of our own. */
async function createOwner(control: Session, user: string): Promise<Account> {
  const password = randomBytes(24).toString('base64url');
  const role = escapeIdentifier(user);
  await control.script(
    `CREATE ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${escapeLiteral(password)};
     ALTER ROLE ${role} SET timezone TO 'UTC'; ALTER ROLE ${role} SET lc_messages TO 'C'`,
  );
  return { user, password };
}
