import { CannotReview, problem } from '../../model/problem.ts';
import { isServerUrl } from '../../model/server.ts';
import type { Connection } from '../session.ts';

/** Whom a session is opened as; null for whom the URL names. */
export interface Account {
  readonly user: string;
  readonly password: string;
}

/** Of all sessions but the owner's, whose role has them. A time zone says the same on every machine. */
export const usualSettings: readonly string[] = ['timezone=UTC'];

/** Of a superuser where somebody else may have created what a plain name finds. */
export const safeSettings: readonly string[] = [...usualSettings, 'search_path=pg_catalog'];

/** Where nobody says: the database that every server has for this. */
const usualDatabase = 'postgres';

/**
 * The URL of somebody's server (PostgreSQL documentation, "Connection URIs"). It may hold a password, so no text is
 * made of it but what {@link place} says.
 */
export class ServerUrl {
  readonly #url: URL;
  /** The database that it names. */
  readonly database: string;

  /** @throws CannotReview where it is none. */
  constructor(text: string) {
    if (!isServerUrl(text) || !URL.canParse(text)) {
      throw new CannotReview([
        problem('the URL of the server cannot be read', 'it looks like postgresql://user@host:5432/database'),
      ]);
    }
    this.#url = new URL(text);
    this.database = decodeURIComponent(this.#url.pathname.slice(1)) || usualDatabase;
  }

  /** Where the server is, without who connects and how. */
  get place(): string {
    const { hostname, port, searchParams } = this.#url;
    const host = searchParams.get('host') ?? decodeURIComponent(hostname);
    const at = searchParams.get('port') ?? port;
    return `${host || 'localhost'}${at === '' ? '' : `:${at}`}`;
  }

  /**
   * @param settings of the session, such as `timezone=UTC`
   */
  connection(
    database: string,
    { account, settings, name }: { account: Account | null; settings: readonly string[]; name: string },
  ): Connection {
    const url = new URL(this.#url);
    // As node-postgres takes it apart: by decodeURI.
    url.pathname = `/${encodeURI(database)}`;
    const { searchParams: parameters } = url;
    // Parameters come before the rest of a URL, and can be set where it names no host.
    if (account !== null) {
      parameters.set('user', account.user);
      parameters.set('password', account.password);
    }
    const options = [parameters.get('options') ?? '', ...settings.map((setting) => `-c ${setting}`)];
    parameters.set('options', options.join(' ').trim());
    parameters.set('application_name', name);
    // Spaces as `+` are a matter of forms: node-postgres takes them as they stand in some places.
    url.search = parameters.toString().replaceAll('+', '%20');
    return { connectionString: url.href };
  }
}
