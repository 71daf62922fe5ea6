import { open, rename, rm } from 'node:fs/promises';
import type { CapturedQuery } from '../../model/query.ts';

/** A captured execution as a line of a workload file. What is not known is left out. */
function toLine({ sql, params, origin, trace, startedAt, durationMs, rows }: CapturedQuery): string {
  const { service, route, file, line } = origin;
  const entries = Object.entries({
    sql,
    params,
    service,
    route,
    file,
    line,
    trace,
    startedAt,
    durationMs,
    rows,
  });
  return JSON.stringify(Object.fromEntries(entries.filter(([, value]) => value !== null)));
}

/** Writes a workload file, as a whole or not at all. Returns how many executions it holds. */
export async function writeWorkload(
  path: string,
  statements: AsyncIterable<readonly CapturedQuery[]>,
): Promise<number> {
  const temporary = `${path}.part`;
  let count = 0;
  try {
    await using file = await open(temporary, 'w');
    for await (const part of statements) {
      count += part.length;
      await file.write(part.map((statement) => `${toLine(statement)}\n`).join(''));
    }
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await rename(temporary, path);
  return count;
}
