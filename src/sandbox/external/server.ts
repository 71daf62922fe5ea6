import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Unchecked } from '../../model/review.ts';
import type {
  Address,
  FileSize,
  LentDatabase,
  Role,
  Sandbox,
  ServerVersion,
  Session,
  Sizing,
} from '../../model/server.ts';
import { copyProperties } from '../properties.ts';
import { PgSession, type Watchdog } from '../session.ts';
import { prefixOf, sessionName } from './abandoned.ts';
import type { Belongings } from './belongings.ts';
import { ownerCannotConnect } from './errors.ts';
import { growByProgram } from './grow.ts';
import type { Rights } from './rights.ts';
import { type Account, type ServerUrl, safeSettings, usualSettings } from './url.ts';

export interface ExternalEdge {
  readonly url: ServerUrl;
  /** Tells this run from all others. */
  readonly run: string;
  /** A session in the database of the URL. */
  readonly control: PgSession;
  readonly version: ServerVersion;
  readonly rights: Rights;
  readonly belongings: Belongings;
  /** Where other programs are to connect: the owner's password, or that of the URL. */
  readonly forTools: boolean;
  readonly limitMs: number;
  readonly signal: AbortSignal;
  stop(): Promise<void>;
}

/** Names are cut off there (NAMEDATALEN in PostgreSQL's sources). */
const longestName = 63;

/** Where each database starts from: without what somebody has put into template1. */
const emptyTemplate = 'template0';

/** Databases of our own on somebody's server. */
export class ExternalServer implements Sandbox {
  readonly kind = 'external';
  readonly version: ServerVersion;
  readonly sizing: Sizing;
  readonly lent: LentDatabase;
  readonly remarks: readonly Unchecked[];
  readonly #edge: ExternalEdge;
  /** Databases in which the owner has been, or that are copies of such. */
  readonly #touched = new Set<string>();

  constructor(edge: ExternalEdge) {
    this.#edge = edge;
    this.version = edge.version;
    this.sizing = sizingOf(edge);
    this.remarks = remarksOf(edge.rights, this.sizing);
    this.lent = {
      name: edge.url.database,
      connect: (limitMs) => this.#open(edge.url.database, null, usualSettings, limitMs),
    };
  }

  async createDatabase(name: string, template?: string): Promise<void> {
    const { belongings, control, rights, signal } = this.#edge;
    signal.throwIfAborted();
    const database = this.#named(name);
    const from = template === undefined ? emptyTemplate : this.#named(template);
    if (template !== undefined && this.#touched.has(template)) this.#touched.add(name);
    const owner = rights.kind === 'superuser' ? ` OWNER ${escapeIdentifier(rights.owner.user)}` : '';
    await belongings.create(
      database,
      `CREATE DATABASE ${escapeIdentifier(database)}${owner} TEMPLATE ${escapeIdentifier(from)}`,
    );
    if (template === undefined) return;
    if (rights.kind === 'superuser') await copyProperties(control, from, database);
    else await copySettings(control, from, database);
  }

  async dropDatabase(name: string): Promise<void> {
    await this.#edge.belongings.drop(this.#named(name));
  }

  /**
   * A superuser on somebody's server is more than one on a server of ours. So it looks for names in pg_catalog alone
   * once the owner has been in a database, and what the owner can do as well is done as the owner.
   */
  async connect(name: string, role: Role): Promise<Session> {
    const { rights, limitMs, signal } = this.#edge;
    signal.throwIfAborted();
    const database = this.#named(name);
    if (rights.kind === 'createdb') return this.#open(database, null, usualSettings, limitMs);
    switch (role) {
      case 'owner':
        this.#touched.add(name);
        return this.#openAsOwner(database, rights.owner);
      case 'observer':
        return this.#openAsOwner(database, rights.owner);
      case 'superuser':
        return this.#open(database, null, this.#touched.has(name) ? safeSettings : usualSettings, limitMs);
      default:
        return role satisfies never;
    }
  }

  address(name: string): Address {
    const { rights, forTools, control } = this.#edge;
    if (!forTools || rights.kind !== 'superuser') throw new Error('the sandbox was not started for tools');
    this.#touched.add(name);
    return { ...control.reachedAt, ...rights.owner, database: this.#named(name) };
  }

  async grow(files: readonly FileSize[]): Promise<void> {
    await growByProgram(this.#edge.control, files);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#edge.stop();
  }

  #named(database: string): string {
    const name = `${prefixOf(this.#edge.run)}_${database}`;
    if (Buffer.byteLength(name) > longestName)
      throw new Error(`too long for the name of a database: ${name}`);
    return name;
  }

  async #openAsOwner(database: string, owner: Account): Promise<PgSession> {
    const { url, limitMs, signal } = this.#edge;
    try {
      return await this.#open(database, owner, [], limitMs);
    } catch (error) {
      signal.throwIfAborted();
      throw ownerCannotConnect(url.place, error);
    }
  }

  #open(
    database: string,
    account: Account | null,
    settings: readonly string[],
    limitMs: number,
  ): Promise<PgSession> {
    const { control, run, url } = this.#edge;
    // Nobody waits for these; where they fail, the session they are about is gone, or will be.
    const tell = async (sql: string, processId: number) => {
      await control.query(sql, [processId]).catch(() => {});
    };
    const watchdog: Watchdog = {
      limitMs,
      cancel: (processId) => tell('SELECT pg_catalog.pg_cancel_backend($1)', processId),
      terminate: (processId) => tell('SELECT pg_catalog.pg_terminate_backend($1)', processId),
    };
    return PgSession.open(url.connection(database, { account, settings, name: sessionName(run) }), watchdog);
  }
}

function sizingOf({ rights, version }: ExternalEdge): Sizing {
  if (rights.kind === 'superuser') return rights.runsPrograms ? 'files' : 'statistics';
  return version.major >= 18 ? 'statistics' : 'none';
}

/** Settings of a database (ALTER DATABASE ... SET), as its owner can copy them. */
async function copySettings(control: Session, from: string, to: string): Promise<void> {
  const rows = await control.query(
    `SELECT pg_catalog.unnest(s.setconfig) AS setting
     FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
     WHERE d.datname = $1 AND s.setrole = 0`,
    [from],
  );
  for (const row of rows) {
    const [, name = '', value = ''] = /^([^=]+)=([\s\S]*)$/.exec(String(row['setting'])) ?? [];
    // A list of names is kept as it is written; everything else is one text.
    const written = name === 'search_path' && value !== '' ? value : escapeLiteral(value);
    await control.query(
      `ALTER DATABASE ${escapeIdentifier(to)} SET ${name.split('.').map(escapeIdentifier).join('.')} TO ${written}`,
    );
  }
}

function remarksOf(rights: Rights, sizing: Sizing): readonly Unchecked[] {
  return [
    ...(rights.kind === 'createdb'
      ? [
          {
            subject: `role ${rights.role}`,
            reason:
              'migrations were run as this role, since it cannot create another: they could do whatever it may on this server',
          },
        ]
      : []),
    ...sizingRemarks(rights, sizing),
  ];
}

function sizingRemarks(rights: Rights, sizing: Sizing): readonly Unchecked[] {
  const cause =
    rights.kind === 'superuser'
      ? 'the server cannot run a program to extend its files'
      : 'the role of the URL is no superuser';
  switch (sizing) {
    case 'files':
      return [];
    case 'statistics':
      return [
        {
          subject: 'plans',
          reason: `${cause}: the planner was told how many rows production has, but not how large its files are, so costs are lower than in production`,
        },
      ];
    case 'none':
      return [
        {
          subject: 'plans',
          reason: `${cause}, and before PostgreSQL 18 nobody else can tell the planner of production's size: queries were planned on almost empty tables`,
        },
      ];
    default:
      return sizing satisfies never;
  }
}
