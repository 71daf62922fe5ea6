import pg from 'pg';
import type { Sandbox } from '../../src/model/server.ts';
import type { SentText } from '../../src/server-log/entry.ts';
import { recordSentTexts } from '../../src/server-log/record.ts';

/** A message of a client: its session, the text, and parameters if it uses the extended protocol. */
export type Message = readonly [session: string, text: string, parameters?: readonly unknown[]];

/** Sends messages one after the other, each in its session, and returns what the server logged. */
export async function sendAll(
  sandbox: Sandbox,
  database: string,
  messages: readonly Message[],
): Promise<readonly SentText[]> {
  return recordSentTexts(sandbox, database, async () => {
    const sessions = new Map<string, pg.Client>();
    for (const [name, text, parameters] of messages) {
      const client = sessions.get(name) ?? new pg.Client({ ...sandbox.address(database), ssl: false });
      if (!sessions.has(name)) await client.connect();
      sessions.set(name, client);
      // What fails is part of what is sent; the log says so.
      await client.query(text, parameters === undefined ? undefined : [...parameters]).catch(() => {});
    }
    await Promise.all([...sessions.values()].map((client) => client.end()));
  });
}
