import { readCatalogue } from '../migrations/catalogue.ts';
import { readSchema } from '../migrations/schema/read.ts';
import type { Catalogue } from '../model/catalogue.ts';
import type { Schema } from '../model/schema.ts';
import type { Sandbox } from '../model/server.ts';

/** A schema state, in the database of its name. Nobody stays connected, so that it can serve as a template. */
export interface SchemaState {
  readonly name: string;
  readonly catalogue: Catalogue;
  readonly schema: Schema;
}

/** Reads in a session of its own: those that ran migrations may hold their settings, or be closed. */
export async function readState(sandbox: Sandbox, name: string): Promise<SchemaState> {
  await using reader = await sandbox.connect(name, 'observer');
  return { name, catalogue: await readCatalogue(reader), schema: await readSchema(reader) };
}
