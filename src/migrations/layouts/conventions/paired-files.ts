import { basename, dirname, join } from 'node:path/posix';
import type { Layout, SourceFile, VersionRemark } from '../../../model/change.ts';
import type { Draft, Migration, Wrapping } from '../../../model/migration.ts';
import { eachAlone } from './drafts.ts';
import { compareNumbers, countUp, inVersionOrder } from './versions.ts';

/** Conventions of a tool that has a file for each direction: `1_name.up.sql` and `1_name.down.sql`. */
interface PairedFiles {
  readonly name: string;
  readonly bookkeeping: Layout['bookkeeping'];
  /** Matches the names of what goes up, and of what goes down; the first group is the version. */
  readonly up: RegExp;
  readonly down: RegExp;
  wrappingOf(text: string): Wrapping;
  /** The text of a draft of one file. */
  write(draft: Draft): string;
}

export function pairedFileLayout(tool: PairedFiles): Layout {
  return {
    name: tool.name,
    isOrderedByVersion: true,
    bookkeeping: tool.bookkeeping,
    isMigration: (path) => /^[^/]+\.sql$/i.test(path),
    order(files) {
      const downs = new Map(files.map((file) => [tool.down.exec(basename(file.path))?.[1], file]));
      const migrations = files.flatMap((file): readonly Migration[] => {
        const version = upVersion(tool, file);
        if (version === null) return [];
        const script = { ...file, wrapping: tool.wrappingOf(file.text) };
        const down = downs.get(version);
        const downScript = down === undefined ? null : { ...down, wrapping: tool.wrappingOf(down.text) };
        return [{ ...script, version, kind: 'versioned', down: downScript }];
      });
      const { migrations: ordered, remarks } = inVersionOrder(migrations, compareNumbers);
      const unversioned = files.filter(
        (file) => upVersion(tool, file) === null && !tool.down.test(basename(file.path)),
      );
      return {
        migrations: ordered,
        remarks: [
          ...unversioned.map(({ path }): VersionRemark => ({ kind: 'unversioned', path })),
          ...remarks,
        ],
      };
    },
    write: (drafts, instead) =>
      eachAlone(drafts).map((draft, index) => ({
        path: join(
          dirname(instead.path),
          `${countUp(instead.version, index)}_${draft.title}${endingOf(instead.path)}`,
        ),
        text: tool.write(draft),
      })),
  };
}

/** Null where the file is no migration's way up. */
function upVersion({ up, down }: PairedFiles, { path }: SourceFile): string | null {
  const name = basename(path);
  return down.test(name) ? null : (up.exec(name)?.[1] ?? null);
}

function endingOf(path: string): string {
  return path.endsWith('.up.sql') ? '.up.sql' : '.sql';
}
