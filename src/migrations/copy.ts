import type { Sandbox } from '../model/server.ts';

/** Copies a database that nobody is connected to. Disposing of the copy drops it. */
export async function copyDatabase(
  sandbox: Sandbox,
  name: string,
  template: string,
): Promise<AsyncDisposable> {
  await sandbox.createDatabase(name, template);
  return { [Symbol.asyncDispose]: () => sandbox.dropDatabase(name) };
}
