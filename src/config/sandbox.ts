import { CannotReview, problem } from '../model/problem.ts';
import { isServerUrl, type SandboxKind } from '../model/server.ts';
import type { Overrides } from './config.ts';
import type { ConfigFile } from './schema.ts';

/** A kind of sandbox, and the URL of the server where it is external. */
export type SandboxChoice = Pick<Overrides, 'sandbox' | 'serverUrl'>;

/**
 * Reads a word or a URL.
 *
 * @throws CannotReview where it is neither. The text is not told: it may hold a password.
 */
export function sandboxOf(text: string | null): SandboxChoice {
  switch (text) {
    case null:
      return { sandbox: null, serverUrl: null };
    case 'embedded':
    case 'container':
      return { sandbox: text, serverUrl: null };
    default:
      if (isServerUrl(text)) return { sandbox: 'external', serverUrl: text };
      throw new CannotReview([
        problem(
          'postgres: expected embedded, container or the URL of a server',
          'a URL looks like postgresql://user@host:5432/database',
        ),
      ]);
  }
}

/** What is in the environment, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The sandbox that is used: what was given, else what the file says, else the usual one.
 *
 * @throws CannotReview where it is external, and nobody says which server it is.
 */
export function resolveSandbox(
  { postgres = {} }: ConfigFile,
  given: SandboxChoice,
  usual: SandboxKind,
  environment: Environment,
): { readonly sandbox: SandboxKind; readonly serverUrl: string | null } {
  if (given.sandbox !== null) return { sandbox: given.sandbox, serverUrl: given.serverUrl };
  const { sandbox, 'url-variable': variable } = postgres;
  const isExternal = sandbox === 'external' || (sandbox === undefined && variable !== undefined);
  if (!isExternal) return { sandbox: sandbox ?? usual, serverUrl: null };
  if (variable === undefined) {
    const hint =
      'name an environment variable that holds its URL with postgres.url-variable, or give it with --postgres';
    throw new CannotReview([problem('an external sandbox needs the URL of its server', hint)]);
  }
  const url = environment[variable] ?? '';
  if (url !== '') return { sandbox: 'external', serverUrl: url };
  throw new CannotReview([
    problem(
      `the environment variable ${variable} is empty`,
      'postgres.url-variable in the configuration says that it holds the URL of the server',
    ),
  ]);
}
