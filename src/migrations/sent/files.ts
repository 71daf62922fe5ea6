import { createHash } from 'node:crypto';
import { basename, dirname, extname } from 'node:path/posix';
import type { SourceFile } from '../../model/change.ts';

/** Files of a tool that hold one migration in a folder of its name. */
const namedByFolder: ReadonlySet<string> = new Set(['migration.sql', 'up.sql']);

/** The change's files, as tools name them where they record what was run. */
export class NamedFiles {
  readonly #files: readonly NamedFile[];

  constructor(files: readonly SourceFile[]) {
    this.#files = files.map((file) => ({ ...file, names: namesOf(file) }));
  }

  /**
   * Whether a text can only be the name of one of the files: one with a version in it is no word that an application
   * would store.
   */
  readonly has = (name: string): boolean =>
    /\d{3}/.test(name) && this.#files.some(({ names }) => names.includes(name));

  /**
   * The file that one of the names means, the first name first: its name, its version, or a hash of its text. Among
   * several, the one in a folder that another of the names means, as Django has one for each application.
   */
  find(names: readonly string[]): SourceFile | null {
    for (const name of names.filter(mayNameFile)) {
      const exactly = this.#files.filter((file) => isNamed(file, name));
      const found = exactly.length > 0 ? exactly : this.#files.filter((file) => beginsWith(file, name));
      const inFolder = found.find(({ path }) =>
        names.some((each) => each !== '' && dirname(path).split('/').includes(each)),
      );
      const file = inFolder ?? found[0];
      if (file !== undefined) return file;
    }
    return null;
  }
}

interface NamedFile extends SourceFile {
  readonly names: readonly string[];
}

/** With and without its extension, by its folder where that names it, and by its content (Drizzle, Prisma). */
function namesOf({ path, text }: SourceFile): readonly string[] {
  const name = basename(path);
  return [
    path,
    name,
    basename(path, extname(path)),
    createHash('sha256').update(text).digest('hex'),
    ...(namedByFolder.has(name) ? [basename(dirname(path))] : []),
  ];
}

/** Beside a migration's name, tools record words, such as that of its application. */
function mayNameFile(text: string): boolean {
  return /[\d.]/.test(text);
}

function isNamed({ path, names }: NamedFile, name: string): boolean {
  if (names.includes(name) || (name.includes('/') && path.endsWith(`/${name}`))) return true;
  // A namespace is no part of a file's name: `DoctrineMigrations\\Version20260114093000`.
  const [last, ...namespace] = name.split('\\').toReversed();
  return namespace.length > 0 && last !== undefined && names.includes(last);
}

/** A version stands before the rest of the name: `20260114093000_add_active.rb`. */
function beginsWith({ names }: NamedFile, version: string): boolean {
  if (!/^\w{4,}$/.test(version) || !/\d/.test(version)) return false;
  return names.some((name) => name.startsWith(version) && /^[_.-]/.test(name.slice(version.length)));
}

/** What a file's name says of the order of its migration: the number that it begins with, or all of it. */
export function versionOf(path: string): string {
  const file = basename(path);
  const name = namedByFolder.has(file) ? basename(dirname(path)) : file;
  return /^\d+(?=[_.-])/.exec(name)?.[0] ?? /^[^.]+/.exec(name)?.[0] ?? name;
}
