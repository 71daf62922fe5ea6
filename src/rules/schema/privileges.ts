import type { SchemaDifference, SchemaObject } from '../../model/schema.ts';
import { grantsIn, privilegeNames } from '../access-privileges.ts';
import type { Facts } from '../facts.ts';
import { onObject } from '../on-object.ts';
import { defineRule, type Finding } from '../rule.ts';

export default defineRule({
  id: 'schema/privileges',
  title: 'Roles may do more than they should, or less than they need',
  message: '{object:code} {flaw}: {consequence}',
  triggeredWhen:
    'a SECURITY DEFINER function sets no search_path, a relation or column is granted to PUBLIC, or the change takes a privilege from a role',
  impact:
    'a role can come to act with the rights of another, or the application is refused what it did before (42501)',
  remediation: [
    {
      kind: 'advice',
      title: 'Say who, what and where',
      text: 'Give the function SET search_path = pg_catalog, pg_temp, and qualify all other names in it. Grant to the roles that need it. Revoke what nobody has used for a whole deploy.',
    },
  ],
  core: false,
  *check(facts) {
    yield* unsafeDefiners(facts);
    yield* grantsToPublic(facts);
    yield* revoked(facts);
  },
});

/** PostgreSQL documentation, "CREATE FUNCTION", "Writing SECURITY DEFINER Functions Safely". */
function* unsafeDefiners(facts: Facts): Generator<Finding> {
  for (const routine of facts.schema.all('function', 'procedure')) {
    const isSafe = routine.settings.some((setting) => setting.startsWith('search_path='));
    if (!routine.securityDefiner || isSafe) continue;
    yield onObject(facts, routine, 'high', {
      object: routine.name,
      flaw: 'runs with the rights of its owner, and with the search_path of whoever calls it',
      consequence: 'a caller who can create objects decides what the names in it stand for',
    });
  }
}

/** Functions may be executed by PUBLIC unless somebody says otherwise. */
function* grantsToPublic(facts: Facts): Generator<Finding> {
  for (const object of facts.schema.all(
    'table',
    'partitioned table',
    'foreign table',
    'view',
    'materialised view',
    'sequence',
    'column',
  )) {
    const granted = grantsIn(object.privileges).find(({ role }) => role === '');
    if (granted === undefined) continue;
    const isWrite = ['a', 'w', 'd', 'D'].some((letter) => granted.letters.has(letter));
    const table = object.kind === 'column' ? object.table : object.name;
    yield onObject(
      facts,
      object,
      isWrite ? 'high' : 'medium',
      {
        object: object.kind === 'column' ? `${object.table}.${object.name}` : object.name,
        table,
        flaw: `is granted to PUBLIC (${privilegeNames(granted.letters)})`,
        consequence: 'every role that can connect has that, and all that will ever be created',
      },
      { aspect: isWrite ? 'writes for PUBLIC' : 'PUBLIC' },
    );
  }
}

function* revoked(facts: Facts): Generator<Finding> {
  for (const each of facts.change?.differences ?? []) {
    for (const { object, role, letters } of losses(each)) {
      yield onObject(
        facts,
        object,
        'low',
        {
          object: object.name,
          flaw: `can no longer be used by ${role} as before (${privilegeNames(letters)})`,
          consequence: 'code that is still running must not need it',
        },
        { aspect: `without ${role}` },
      );
    }
  }
}

interface Loss {
  readonly object: SchemaObject;
  readonly role: string;
  readonly letters: readonly string[];
}

/** Privileges that roles other than the owner had. */
function losses(difference: SchemaDifference): readonly Loss[] {
  if (difference.kind !== 'altered') return [];
  const { before, after } = difference;
  if (!('privileges' in before && 'privileges' in after)) return [];
  const owner = 'owner' in before ? before.owner : null;
  const kept = grantsIn(after.privileges);
  return grantsIn(before.privileges).flatMap(({ role, letters }): readonly Loss[] => {
    const now = kept.find((grant) => grant.role === role)?.letters ?? new Set();
    const lost = [...letters].filter((letter) => !now.has(letter));
    return lost.length === 0 || role === owner || role === '' ? [] : [{ object: after, role, letters: lost }];
  });
}
