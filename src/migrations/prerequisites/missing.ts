import type { PostgresError } from '../../model/server.ts';

/** What a statement failed for want of. */
export type Missing = { readonly kind: 'role' | 'schema' | 'setting'; readonly name: string };

/**
 * What an error says is missing; null where it is nothing that is created for migrations. An error of this kind names
 * the object only in its message, which is English on the sandbox (`lc_messages`).
 */
export function missingFrom({ sqlstate, message }: PostgresError): Missing | null {
  switch (sqlstate) {
    // undefined_object
    case '42704':
      return (
        named('role', /^role "(.*)" does not exist$/s, message) ??
        named('setting', /^unrecognized configuration parameter "([^"]*\.[^"]*)"$/, message)
      );
    // invalid_schema_name
    case '3F000':
      return named('schema', /^schema "(.*)" does not exist$/s, message);
    default:
      return null;
  }
}

function named(kind: Missing['kind'], pattern: RegExp, message: string): Missing | null {
  const name = pattern.exec(message)?.[1];
  return name === undefined || name === '' || name.startsWith('pg_') ? null : { kind, name };
}
