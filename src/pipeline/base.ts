import type { CommandChange } from '../change/by-command.ts';
import { applyBase } from '../migrations/apply.ts';
import { bookkeepingFor } from '../migrations/layouts/bookkeeping.ts';
import { nothingProvided, type Provided, Provisions } from '../migrations/prerequisites/provisions.ts';
import { loadSchemaFile, type SchemaVersions } from '../migrations/schema-file/load.ts';
import type { Change, Layout } from '../model/change.ts';
import type { Script } from '../model/migration.ts';
import type { Unchecked } from '../model/review.ts';
import type { Sandbox } from '../model/server.ts';
import { uncheckedOfSent } from '../report/unchecked.ts';
import { type MigrateCommand, migrate } from './migrate-command.ts';
import type { Source } from './source.ts';
import { readState, type SchemaState } from './states.ts';

/** The schema before the change, and how to get from there to the head. */
export type Base =
  | {
      readonly kind: 'migrated';
      readonly state: SchemaState;
      /** A command tells only by running what the change adds. */
      readonly change: Change;
      /** The change as it is run: without what the sandbox leaves out, with every position as it was. */
      readonly runnable: Change;
      readonly layout: Layout | null;
      readonly provided: Provided;
      /** What was put there for the migrations, or left out of them, so far. */
      remarks(): readonly Unchecked[];
    }
  | {
      /** The head was loaded whole, beside the base. */
      readonly kind: 'loaded';
      readonly state: SchemaState;
      readonly change: Change;
      readonly unchecked: readonly Unchecked[];
    };

/** @throws CannotReview where the base cannot be built, or a schema file not be loaded. */
export async function buildBase(sandbox: Sandbox, source: Source): Promise<Base> {
  switch (source.kind) {
    case 'migrations':
      return migratedBase(sandbox, source);
    case 'command':
      return commandBase(sandbox, source);
    case 'schema file':
      return loadedBase(sandbox, source);
    default:
      return source satisfies never;
  }
}

async function migratedBase(
  sandbox: Sandbox,
  { layout, change }: { readonly layout: Layout; readonly change: Change },
): Promise<Base> {
  await sandbox.createDatabase('base');
  const provisions = await Provisions.create(sandbox, 'base', textsOf(change));
  const provided = provisions.in('base');
  const runnable: Change = {
    ...change,
    base: change.base.map((migration) => provisions.adaptMigration(migration, 'merged')),
    added: change.added.map((migration) => provisions.adaptMigration(migration, 'new')),
  };
  {
    await using session = await sandbox.connect('base', 'owner');
    for (const ddl of bookkeepingFor(layout, [...change.base, ...change.added])) await session.script(ddl);
    await applyBase(session, runnable.base, provided);
  }
  const state = await readState(sandbox, 'base');
  const remarks = () => provisions.remarks();
  return { kind: 'migrated', state, change, runnable, layout, provided, remarks };
}

async function commandBase(
  sandbox: Sandbox,
  source: { readonly command: MigrateCommand; readonly change: CommandChange },
): Promise<Base> {
  const { change, incomplete } = await migrate(sandbox, source.change, source.command);
  return {
    kind: 'migrated',
    state: await readState(sandbox, 'base'),
    change,
    runnable: change,
    layout: null,
    provided: nothingProvided,
    remarks: () => uncheckedOfSent(incomplete),
  };
}

/** All texts that are run, or may be. */
function textsOf({ base, added }: Change): readonly string[] {
  const scripts = [...base, ...added].flatMap((up): readonly (Script | null)[] => [up, up.down]);
  return scripts.flatMap((script) => script?.text ?? []);
}

/** Both versions of a schema file are loaded at once: neither is built upon the other. */
async function loadedBase(
  sandbox: Sandbox,
  versions: SchemaVersions & { readonly change: Change },
): Promise<Base> {
  const unchecked = await loadSchemaFile(sandbox, versions);
  return { kind: 'loaded', state: await readState(sandbox, 'base'), change: versions.change, unchecked };
}
