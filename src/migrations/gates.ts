import { setTimeout as delay } from 'node:timers/promises';
import type { LockMode } from '../model/observation.ts';
import type { Sandbox, Session } from '../model/server.ts';
import { locksOf, type Relations } from './snapshot.ts';

/** How often the locks of a statement are looked at, in milliseconds. */
const pollMs = 1;

/**
 * Makes the locks of a statement visible that runs outside a transaction, where nothing is left of them when it
 * ends. Other sessions hold locks on the tables, each of another kind; the statement comes to a halt at each of
 * these gates, is looked at from outside, and let through. So nothing depends on being quick enough to see it.
 *
 * The order follows what such statements do (index.c, indexcmds.c, tablecmds.c): they all begin with SHARE UPDATE
 * EXCLUSIVE or stronger; CONCURRENTLY then waits for whoever writes (ROW EXCLUSIVE); DETACH CONCURRENTLY for
 * whoever reads the partitioned table, before it takes ACCESS EXCLUSIVE on the partition. A block or procedure that
 * commits by itself does whatever it holds, mostly changing rows, so its first gate is one for writers.
 */
export class Gates implements AsyncDisposable {
  readonly #observer: Session;
  readonly #keepers: readonly Session[];

  private constructor(observer: Session, keepers: readonly Session[]) {
    this.#observer = observer;
    this.#keepers = keepers;
  }

  static async open(sandbox: Sandbox, database: string): Promise<Gates> {
    const connect = () => sandbox.connect(database, 'observer');
    const [observer, ...keepers] = await Promise.all([connect(), connect(), connect(), connect(), connect()]);
    return new Gates(observer, keepers);
  }

  /**
   * Runs what a session sends and returns all locks that it was seen to hold or to ask for.
   *
   * @param tables relations that are there when it begins
   */
  async watch(
    session: Session,
    tables: Relations,
    kind: GatedKind,
    run: () => Promise<void>,
  ): Promise<ReadonlyMap<number, readonly LockMode[]>> {
    const closed = await this.#close(tables, kind);
    let isDone = false;
    const running = run().finally(() => {
      isDone = true;
    });
    const seen: SeenLock[] = [];
    try {
      for (const gate of [...closed, null]) {
        while (!isDone) {
          const locks = await this.#locksOf(session.processId);
          seen.push(...locks);
          if (gate !== null && locks.some(({ granted }) => !granted)) break;
          await delay(pollMs);
        }
        await gate?.script('ROLLBACK');
      }
    } finally {
      // Whatever happened, nothing may keep the statement waiting.
      await Promise.all(closed.map((gate) => gate.script('ROLLBACK')));
    }
    await running;
    return locksOf(seen.flatMap(({ relation, mode }) => (relation === null ? [] : [{ relation, mode }])));
  }

  /** Closes the gates for the tables, and returns them in the order in which they are to be opened. */
  async #close(relations: Relations, kind: GatedKind): Promise<readonly Session[]> {
    const named = (kinds: readonly string[]) =>
      [...relations.values()].filter(({ kind }) => kinds.includes(kind)).map(({ identifier }) => identifier);
    const first = kind === 'program' ? ['SHARE'] : ['SHARE UPDATE EXCLUSIVE', 'ROW EXCLUSIVE'];
    const modes = [
      ...first.map((mode) => ({ tables: named(['r', 'p']), mode })),
      { tables: named(['p']), mode: 'ACCESS SHARE' },
      { tables: named(['r']), mode: 'ACCESS SHARE' },
    ];
    const closing = modes.map(async ({ tables, mode }, index): Promise<readonly Session[]> => {
      const keeper = this.#keepers[index];
      if (keeper === undefined || tables.length === 0) return [];
      const only = tables.map((table) => `ONLY ${table}`).join(', ');
      await keeper.script(`BEGIN; LOCK TABLE ${only} IN ${mode} MODE`);
      return [keeper];
    });
    return (await Promise.all(closing)).flat();
  }

  async #locksOf(processId: number): Promise<readonly SeenLock[]> {
    const rows = await this.#observer.query(
      'SELECT locktype, relation, mode, granted FROM pg_catalog.pg_locks WHERE pid = $1',
      [processId],
    );
    return rows.map((row) => ({
      relation: row['locktype'] === 'relation' ? Number(row['relation']) : null,
      mode: String(row['mode']),
      granted: row['granted'] === true,
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#observer, ...this.#keepers].map((session) => session[Symbol.asyncDispose]()));
  }
}

/** A statement such as CREATE INDEX CONCURRENTLY, or one that runs others: DO and CALL. */
export type GatedKind = 'statement' | 'program';

interface SeenLock {
  readonly relation: number | null;
  readonly mode: string;
  readonly granted: boolean;
}
