import type { Migration, Script } from '../../model/migration.ts';
import type { Unchecked } from '../../model/review.ts';
import type { PostgresError, Sandbox, Session } from '../../model/server.ts';
import { statementsOf } from '../../sql/statements.ts';
import { type Adapted, adapt } from './adapt.ts';
import { type Assumptions, assumptionsOf } from './assumptions.ts';
import { createPrerequisites, createRoles, createSchemas, createSetting } from './create.ts';
import { createdBeforehand, extensionsNamedIn, fateOf } from './extensions.ts';
import { publishesByTheWhole } from './left-out.ts';
import { type Missing, missingFrom } from './missing.ts';
import { ownSchema } from './schemas.ts';
import { readServerFacts, type ServerFacts } from './server-facts.ts';

/**
 * Creates what a statement failed for want of. True where that was done, and another try is worth it. The session that
 * the statement failed in must be in no transaction.
 */
export type Supply = (session: Session, error: PostgresError) => Promise<boolean>;

/** What stands by while texts are run in a database. */
export interface Provided {
  readonly supply: Supply;
  /** Extensions that the texts create and the server lacks, so that they fail where they use them. */
  readonly unavailable: readonly string[];
}

export const nothingProvided: Provided = { supply: async () => false, unavailable: [] };

/** Whether a text was run in production before, or is what the change wants to run. */
export type Standing = 'merged' | 'new';

/** A statement that is not run as it stands, and why. */
interface AdaptedStatement extends Adapted {
  readonly path: string;
}

/** What was put on the sandbox because migrations take it for granted, and what of them it does not run. */
export class Provisions {
  readonly #sandbox: Sandbox;
  readonly #server: ServerFacts;
  readonly #schemas: ReadonlySet<string>;
  readonly #leftOutPublications: ReadonlySet<string>;
  readonly #unavailable: readonly string[];
  readonly #created: Unchecked[];
  readonly #adapted: AdaptedStatement[] = [];
  readonly #supplied = new Set<string>();

  private constructor(
    sandbox: Sandbox,
    server: ServerFacts,
    texts: readonly string[],
    { schemas, extensions }: Assumptions,
    created: readonly Unchecked[],
  ) {
    this.#sandbox = sandbox;
    this.#server = server;
    this.#schemas = schemas;
    this.#leftOutPublications = publishedByTheWhole(texts);
    const names = new Set(extensions.map(({ name }) => name));
    this.#unavailable = [...names].filter((name) => fateOf(name, server.extensions) === 'not available');
    this.#created = [...created];
  }

  /**
   * Creates what texts take for granted. Clones of the database have it too.
   *
   * @param database one that nobody has used yet
   * @param texts all that will be run in it or in a clone of it
   */
  static async create(sandbox: Sandbox, database: string, texts: readonly string[]): Promise<Provisions> {
    const assumed = assumptionsOf(texts);
    await using superuser = await sandbox.connect(database, 'superuser');
    const server = await readServerFacts(superuser, texts.flatMap(extensionsNamedIn));
    // Their schemas must be there before, even where a text creates them.
    const extensions = createdBeforehand(assumed, server.extensions);
    const schemas = new Set([...assumed.schemas, ...extensions.flatMap(({ schema }) => ownSchema(schema))]);
    const created = await createPrerequisites(
      superuser,
      { ...assumed, schemas, extensions },
      server.settings,
    );
    return new Provisions(sandbox, server, texts, { ...assumed, schemas }, created);
  }

  /** A script without what the sandbox does not run; every position in it stays. */
  adapt<S extends Script>(script: S, standing: Standing): S {
    const { text, adapted } = adapt(script.text, {
      server: this.#server,
      schemas: this.#schemas,
      leftOutPublications: this.#leftOutPublications,
      hasRun: standing === 'merged',
    });
    this.#adapted.push(...adapted.map((each) => ({ ...each, path: script.path })));
    return text === script.text ? script : { ...script, text };
  }

  /** A migration, and what undoes it, without what the sandbox does not run. */
  adaptMigration(migration: Migration, standing: Standing): Migration {
    const { down } = migration;
    return { ...this.adapt(migration, standing), down: down === null ? null : this.adapt(down, 'new') };
  }

  /** Supplies what errors in a database say is missing, each thing once: a text can hide what it needs. */
  in(database: string): Provided {
    const provide: Supply = async (session, error) => {
      const missing = missingFrom(error);
      if (missing === null) return false;
      const key = `${database} ${missing.kind} ${missing.name}`;
      if (this.#supplied.has(key)) return false;
      this.#supplied.add(key);
      const known = this.#created.length;
      await using superuser = await this.#sandbox.connect(database, 'superuser');
      this.#created.push(...(await supply(superuser, missing)));
      // Settings of a database are for sessions that are opened afterwards.
      if (missing.kind === 'setting') {
        await session.query("SELECT pg_catalog.set_config($1, '', false)", [missing.name]);
      }
      return this.#created.length > known;
    };
    return { supply: provide, unavailable: this.#unavailable };
  }

  /** What was created, and what was not run, for the review to list. */
  remarks(): readonly Unchecked[] {
    const reasons = Map.groupBy(
      this.#adapted.filter(({ reason }) => reason !== null),
      ({ reason }) => reason ?? '',
    );
    const adapted = [...reasons].map(([reason, statements]) => ({ subject: placesOf(statements), reason }));
    return [...this.#created, ...adapted];
  }
}

async function supply(superuser: Session, { kind, name }: Missing): Promise<readonly Unchecked[]> {
  switch (kind) {
    case 'role':
      return createRoles(superuser, { roles: new Set([name]), acting: new Set([name]), memberships: [] });
    case 'schema':
      return createSchemas(superuser, [name]);
    case 'setting':
      return [await createSetting(superuser, name)];
    default:
      return kind satisfies never;
  }
}

/** Places that are told; the others are counted. */
const told = 3;

function placesOf(statements: readonly AdaptedStatement[]): string {
  const places = [...new Set(statements.map(({ path, line }) => `${path}:${line}`))];
  const others = places.length - told;
  return `${places.slice(0, told).join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
}

function publishedByTheWhole(texts: readonly string[]): ReadonlySet<string> {
  const relevant = texts.filter((text) => /\bcreate\s+publication\b/i.test(text));
  const parsed = relevant.map(statementsOf);
  return new Set(
    parsed.flatMap((each) =>
      each.kind === 'parsed' ? each.value.flatMap(({ node }) => publishesByTheWhole(node) ?? []) : [],
    ),
  );
}
