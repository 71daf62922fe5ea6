import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { hasCode } from '../../model/error-code.ts';

/** Between two looks at a server that starts, in milliseconds. */
const pauseMs = 5;

/**
 * Waits until a server accepts connections, which it writes into the last line of its lock file (postmaster.pid;
 * LOCK_FILE_LINE_PM_STATUS in PostgreSQL's sources). Its log says so as well, but that may go elsewhere.
 *
 * @param ended rejects when the server ends
 */
export async function untilReady(dataDirectory: string, ended: Promise<never>): Promise<void> {
  for (;;) {
    const text = await Promise.race([ended, lockFile(dataDirectory)]);
    if (/\nready\s*$/.test(text)) return;
    await Promise.race([ended, pause(pauseMs)]);
  }
}

async function lockFile(dataDirectory: string): Promise<string> {
  try {
    return await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  }
}
