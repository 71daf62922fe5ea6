import type { ExtensionObject } from '../../model/schema.ts';
import { alterations, creations } from '../alterations.ts';
import { onObject } from '../on-object.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'schema/extension',
  title: 'The change needs something of the server',
  message: '{change} the extension {extension:code}, here at version {version}: {condition}',
  triggeredWhen: 'the change creates an extension, or updates one to another version',
  impact:
    'where the server does not have the extension, or the role may not create it, the deploy stops at the migration',
  remediation: [
    {
      kind: 'advice',
      title: 'Ask the server at production',
      text: 'SELECT name, version, superuser, trusted FROM pg_available_extension_versions tells what there is, and whether the owner of a database may create it. Providers have lists of their own.',
    },
  ],
  core: false,
  *check(facts) {
    for (const { object } of creations(facts, 'extension')) {
      yield onObject(facts, object, 'low', {
        extension: object.name,
        version: object.version,
        change: 'creates',
        condition: 'the server at production must have it, and let the role create it',
      });
    }
    const isOther = (before: ExtensionObject, after: ExtensionObject) => before.version !== after.version;
    for (const { after } of alterations(facts, ['extension'], isOther)) {
      yield onObject(facts, after, 'low', {
        extension: after.name,
        version: after.version,
        change: 'updates',
        condition: 'the server at production must have that version, too',
      });
    }
  },
});
