import { AsyncLocalStorage } from 'node:async_hooks';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The request that is being answered. */
export const request = new AsyncLocalStorage();

/** Finds its server in the environment (PGHOST, PGPORT ...). */
export const pool = new pg.Pool();

/** Sends a query that says where it comes from, as SQLCommenter has it. */
export async function query(text, values = []) {
  const { rows } = await pool.query(`${text} ${origin(new Error().stack)}`, values);
  return rows;
}

function origin(stack) {
  // The first line is the message, the second one is query() itself.
  const [, url, line] = /(file:\/\/.+?):(\d+):\d+/.exec(stack.split('\n')[2]) ?? [];
  const tags = {
    file: url === undefined ? undefined : `${relative(root, fileURLToPath(url))}:${line}`,
    route: request.getStore(),
  };
  const pairs = Object.entries(tags).filter(([, value]) => value !== undefined);
  return `/*${pairs.map(([key, value]) => `${key}='${encodeURIComponent(value)}'`).join(',')}*/`;
}
