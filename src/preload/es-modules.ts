import { existsSync } from 'node:fs';
import Module from 'node:module';
import { join } from 'node:path';
import { guarded, isCallable, propertyOf } from './guard.ts';

/** The one driver that is written in ES modules, whose exports nobody can reach from outside. */
const file = 'postgres/src/query.js';

/**
 * Tells of postgres.js where it is imported: a line at the end of its module hands its class over. Only programs that have
 * it are given a hook, and only Node since 22.15 has one that runs in the same thread.
 */
export function watchPostgresModule(tell: (Query: unknown) => void): void {
  const registerHooks: unknown = Reflect.get(Module, 'registerHooks');
  if (!isCallable(registerHooks) || !existsSync(join(process.cwd(), 'node_modules', file))) return;
  const key = Symbol.for('pg-guardrails.postgres');
  const told = (Query: unknown) => void guarded(() => tell(Query));
  Object.defineProperty(globalThis, key, { value: told, configurable: true });
  registerHooks({
    load(url: string, context: unknown, next: (url: string, context: unknown) => unknown): unknown {
      const loaded = next(url, context);
      return url.endsWith(`/${file}`) ? (guarded(() => handingOver(loaded)) ?? loaded) : loaded;
    },
  });
}

function handingOver(loaded: unknown): unknown {
  const source = propertyOf(loaded, 'source');
  if (typeof loaded !== 'object' || (typeof source !== 'string' && !(source instanceof Uint8Array)))
    return loaded;
  const text = typeof source === 'string' ? source : Buffer.from(source).toString('utf8');
  const call = `globalThis[Symbol.for('pg-guardrails.postgres')]?.(Query);`;
  return { ...loaded, source: `${text}\n;${call}\n` };
}
