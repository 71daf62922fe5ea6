import { access, glob } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CaptureFormat } from './formats/format.ts';
import { formats } from './formats/formats.ts';

/** A capture as it was named: a file, the service whose queries it holds, and its format where that is named. */
export interface NamedCapture {
  readonly path: string;
  readonly service: string | null;
  readonly named: CaptureFormat | null;
}

/**
 * `orders=trace.json`: what stands before the first `=` names a service, unless it looks like a path. `rails:log/test.log`:
 * what stands before the first `:` names a format, if one is called so; `C:\\logs` is a path.
 */
export function nameOf(name: string): NamedCapture {
  const [, service = null, rest = name] = /^([\w .-]+)=(.+)$/.exec(name) ?? [];
  const [, format, path] = /^([\w-]+):(.+)$/.exec(rest) ?? [];
  const named = formats.find((each) => each.name === format?.toLowerCase());
  return named === undefined || path === undefined
    ? { path: rest, service, named: null }
    : { path, service, named };
}

/** The files that a pattern such as `log/postgresql-*.json` is for, in the order of their names; other names stay as they are. */
export async function namesOf(root: string, names: readonly string[]): Promise<readonly NamedCapture[]> {
  const found = await Promise.all(
    names.map(async (name): Promise<readonly NamedCapture[]> => {
      const capture = nameOf(name);
      const { path } = capture;
      if (!/[*?[{]/.test(path) || (await exists(resolve(root, path)))) return [capture];
      const files: string[] = [];
      for await (const entry of glob(path, { cwd: root, withFileTypes: true })) {
        if (entry.isFile()) files.push(resolve(entry.parentPath, entry.name));
      }
      if (files.length === 0) return [capture];
      return files.toSorted().map((file) => ({ ...capture, path: relativeTo(root, file) }));
    }),
  );
  return found.flat();
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function relativeTo(root: string, file: string): string {
  const folder = `${resolve(root)}/`;
  return file.startsWith(folder) ? file.slice(folder.length) : file;
}
