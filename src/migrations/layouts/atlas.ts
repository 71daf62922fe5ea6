import { dirname, join } from 'node:path/posix';
import type { SourceFile } from '../../model/change.ts';
import type { Draft, Migration } from '../../model/migration.ts';
import { keep } from '../../sql/blank.ts';
import { sqlOf } from './conventions/drafts.ts';
import { type Half, type Part, singleFileLayout } from './conventions/single-files.ts';
import { compareText, countUp } from './conventions/versions.ts';
import { hasMark, type Tool } from './tool.ts';

/** The lines of comments at the top of a file, which directives stand in. */
const header = /^(?:(?:--|#)[^\n]*(?:\n|$))*/;

function hasDirective(text: string, directive: RegExp): boolean {
  return directive.test(header.exec(text)?.[0] ?? '');
}

const noTransaction = /^--\s*atlas:txmode\s+none\s*$/m;
const checkpoint = /^--\s*atlas:checkpoint\b/m;
const archive = /^--\s*atlas:txtar\b/m;

/**
 * Atlas: `VERSION_name.sql`, in the order of the names (ariga/atlas, `sql/migrate/dir.go`). A file is one
 * transaction; with `-- atlas:txmode none` each of its statements is sent alone. A checkpoint stands for all files
 * before it. Directories in the form of another tool are read as that tool's.
 */
export const atlas: Tool = {
  name: 'atlas',
  folders: ['migrations'],
  async configuration(project) {
    const found = await project.firstOf(['atlas.hcl']);
    // A directory in the form of another tool is read as that tool's.
    if (found === null || /\bformat\s*=\s*"?(?!atlas\b)\w|[?&]format=(?!atlas\b)/.test(found.text))
      return null;
    const folders = new Set(
      [...found.text.matchAll(/\bdir\s*=\s*"file:\/\/([^"?]+)/g)].map(([, folder = '']) => join(folder)),
    );
    return { file: found.file, folders: [...folders], placeholders: new Map() };
  },
  recognises(sample) {
    const marked = hasMark(sample, /^--\s*atlas:(?:txmode|checkpoint|txtar|delimiter|nolint|sum)\b/m);
    if (marked) return 'marks';
    return sample.files.includes('atlas.sum') ? 'names' : null;
  },
  layout: () =>
    singleFileLayout({
      name: 'atlas',
      bookkeeping: [
        {
          name: 'atlas_schema_revisions',
          ddl: `CREATE SCHEMA IF NOT EXISTS atlas_schema_revisions;
CREATE TABLE atlas_schema_revisions.atlas_schema_revisions (
  version varchar NOT NULL PRIMARY KEY,
  description varchar NOT NULL,
  type bigint NOT NULL DEFAULT 2,
  applied bigint NOT NULL DEFAULT 0,
  total bigint NOT NULL DEFAULT 0,
  executed_at timestamptz NOT NULL,
  execution_time bigint NOT NULL,
  error text,
  error_stmt text,
  hash varchar NOT NULL,
  partial_hashes jsonb,
  operator_version varchar NOT NULL
)`,
        },
      ],
      pattern: /^([^_]+?)(?:_.*)?\.sql$/,
      compare: compareText,
      read,
      write,
    }),
};

function read({ text }: SourceFile): readonly Part[] {
  const wrapping = hasDirective(text, noTransaction) ? 'statements' : 'transaction';
  const half = (section: string): Half => ({ text: section, wrapping });
  const kind = hasDirective(text, checkpoint) ? 'baseline' : 'versioned';
  if (!hasDirective(text, archive)) return [{ kind, up: half(text), down: null }];
  const down = sectionOf(text, 'down.sql');
  const up = half(sectionOf(text, 'migration.sql') ?? text);
  return [{ kind, up, down: down === null ? null : half(down) }];
}

/** One file of a text archive, which begins behind its name: `-- migration.sql --`. */
function sectionOf(text: string, name: string): string | null {
  const heads = [...text.matchAll(/^-- (\S+) --\s*$/gm)];
  const at = heads.findIndex((head) => head[1] === name);
  const from = heads[at]?.index;
  return from === undefined ? null : keep(text, [[from, heads[at + 1]?.index ?? text.length]]);
}

// `atlas migrate hash` puts the new files into atlas.sum.
function write(drafts: readonly Draft[], instead: Migration): readonly SourceFile[] {
  return drafts.map(({ title, transaction, statements }, index) => ({
    path: join(dirname(instead.path), `${countUp(instead.version, index)}_${title}.sql`),
    text: `${transaction === 'none' ? '-- atlas:txmode none\n\n' : ''}${sqlOf(statements)}`,
  }));
}
