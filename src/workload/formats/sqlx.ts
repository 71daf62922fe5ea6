import { z } from 'zod';
import { unknownOrigin } from '../../model/query.ts';
import { wholeOf } from '../stream/whole.ts';
import type { CaptureFile, CaptureFormat, CapturePart } from './format.ts';

/** What `cargo sqlx prepare` writes of each query, in a file of its own (`.sqlx/query-<hash>.json`). */
const offlineQuery = z.object({ db_name: z.literal('PostgreSQL'), query: z.string(), hash: z.string() });

async function* read({ path, open }: CaptureFile): AsyncGenerator<CapturePart> {
  const parsed = offlineQuery.safeParse(json((await wholeOf(open()))?.toString('utf8') ?? ''));
  if (!parsed.success) {
    yield { statements: [], unreadable: 0, unchecked: [{ subject: path, reason: 'is no query of sqlx' }] };
    return;
  }
  yield {
    statements: [
      {
        sql: parsed.data.query,
        name: null,
        params: null,
        calls: 1,
        origin: unknownOrigin,
        trace: null,
        startedAt: null,
        durationMs: null,
        rows: null,
      },
    ],
    unreadable: 0,
  };
}

export const sqlx: CaptureFormat = {
  name: 'sqlx',
  recognises: (beginning) => /^\s*\{\s*"db_name":\s*"PostgreSQL",\s*"query":/.test(beginning),
  read,
};

function json(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return null;
  }
}
