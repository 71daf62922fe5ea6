import type { SourceFile } from '../../model/change.ts';
import type { Script } from '../../model/migration.ts';
import type { Unchecked } from '../../model/review.ts';
import type { Sandbox } from '../../model/server.ts';
import { applyUnobserved } from '../apply.ts';
import { cannotApply, remedyOf } from '../failure.ts';
import { Provisions } from '../prerequisites/provisions.ts';
import { readPsql } from './psql.ts';

/** The versions of a file that holds a whole schema. */
export interface SchemaVersions {
  /** Null where the base has no such file. */
  readonly base: SourceFile | null;
  readonly head: SourceFile;
}

/**
 * Creates the databases `base` and `head`, with what both versions of a schema file take for granted, and loads each
 * with its version.
 *
 * @returns what was created for them, and what of them was not run
 * @throws CannotReview where a version cannot be read or loaded.
 */
export async function loadSchemaFile(
  sandbox: Sandbox,
  versions: SchemaVersions,
): Promise<readonly Unchecked[]> {
  const base = versions.base === null ? null : readScript(versions.base);
  const head = readScript(versions.head);
  const texts = [base, head].flatMap((each) => each?.script.text ?? []);
  await sandbox.createDatabase('base');
  const provisions = await Provisions.create(sandbox, 'base', texts);
  await sandbox.createDatabase('head', 'base');
  if (base !== null) await load(sandbox, 'base', base.script, provisions);
  await load(sandbox, 'head', head.script, provisions);
  return [...remarksOf(versions, head.copies), ...provisions.remarks()];
}

function readScript({ path, text }: SourceFile): {
  readonly script: Script;
  readonly copies: readonly number[];
} {
  const sql = readPsql(path, text);
  return { script: { path, text: sql.text, wrapping: 'one query' }, copies: sql.copies };
}

async function load(
  sandbox: Sandbox,
  state: 'base' | 'head',
  script: Script,
  provisions: Provisions,
): Promise<void> {
  const adapted = provisions.adapt(script, 'merged');
  const provided = provisions.in(state);
  await using session = await sandbox.connect(state, 'owner');
  try {
    await applyUnobserved(session, adapted.text, provided.supply);
  } catch (error) {
    const remedy = 'it must build a whole schema on an empty database';
    throw cannotApply(adapted, `the schema file of the ${state}`, remedyOf(remedy, provided), error);
  }
}

function remarksOf({ base, head }: SchemaVersions, copies: readonly number[]): readonly Unchecked[] {
  const { path } = head;
  const isNew = 'the base has no such file, so the schema was compared with an empty database';
  const hasRows = 'the rows that it holds for COPY were not loaded';
  return [
    ...(base === null ? [{ subject: path, reason: isNew }] : []),
    ...(copies.length > 0 ? [{ subject: path, reason: hasRows }] : []),
  ];
}
