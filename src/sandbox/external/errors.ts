import { CannotReview, problem } from '../../model/problem.ts';

/** The server's own words, or those of the network. They hold no password. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

export function cannotConnect(place: string, error: unknown): CannotReview {
  const hint =
    'the URL must lead to the server itself, not to a pooler, and may take its password from PGPASSWORD';
  return new CannotReview([problem(`cannot connect to the server at ${place}: ${reasonOf(error)}`, hint)]);
}

export function unsupportedVersion(place: string, version: string): CannotReview {
  return new CannotReview([
    problem(`the server at ${place} is PostgreSQL ${version}`, 'versions 14 to 18 are supported'),
  ]);
}

export function readOnlyServer(place: string): CannotReview {
  return new CannotReview([
    problem(`the server at ${place} is a standby`, 'databases can only be created on a primary: name that'),
  ]);
}

export function mayNotCreateDatabases(user: string): CannotReview {
  return new CannotReview([
    problem(
      `the role ${user} may not create databases`,
      `grant it that with: ALTER ROLE ${user} CREATEDB, as a superuser`,
    ),
  ]);
}

export function ownerCannotConnect(place: string, error: unknown): CannotReview {
  const hint =
    'pg_hba.conf must let new roles connect by password; or name a role with CREATEDB that is no superuser';
  return new CannotReview([
    problem(`the role created for migrations cannot connect to ${place}: ${reasonOf(error)}`, hint),
  ]);
}

export function cannotLogStatements(reason: string): CannotReview {
  const hint = 'a migrate command needs that; leave out --postgres, or name a folder of migrations';
  return new CannotReview([problem(`what a command sends cannot be logged on this server: ${reason}`, hint)]);
}

export function inUse(place: string): CannotReview {
  return new CannotReview([
    problem(
      `another review has been using the server at ${place} for ten minutes`,
      'try again when it has ended',
    ),
  ]);
}

export function cannotGrow(error: unknown): CannotReview {
  return new CannotReview([problem(`the files of the server cannot be extended: ${reasonOf(error)}`)]);
}

export function cannotCleanUp(what: string, error: unknown): CannotReview {
  return new CannotReview([
    problem(`${what} could not be dropped from the server: ${reasonOf(error)}`, 'drop it by hand'),
  ]);
}
