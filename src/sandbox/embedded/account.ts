import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Who the server runs as. PostgreSQL refuses to run as root; initdb needs a user that has a name. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** The unprivileged user that every Unix has. */
const nobody: Account = { uid: 65_534, gid: 65_534 };

/** Null where the server runs as we do. */
export function serverAccount(): Account | null {
  return process.getuid?.() === 0 ? nobody : null;
}

/**
 * Whether every user may enter the folder: the server runs as an unprivileged one, and a checkout below root's
 * home is closed to it.
 */
export async function isOpenToOthers(folder: string): Promise<boolean> {
  const { mode } = await stat(folder);
  if ((mode & 0o001) === 0) return false;
  return dirname(folder) === folder || isOpenToOthers(dirname(folder));
}
