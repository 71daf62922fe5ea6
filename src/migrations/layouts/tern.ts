import { dirname, join } from 'node:path/posix';
import type { SourceFile } from '../../model/change.ts';
import type { Draft, Migration } from '../../model/migration.ts';
import { type Problem, problem } from '../../model/problem.ts';
import { keep, type Range } from '../../sql/blank.ts';
import { Lines } from '../../sql/position.ts';
import { sqlOf } from './conventions/drafts.ts';
import { iniSection } from './conventions/ini.ts';
import { fillPlaceholders, matching } from './conventions/placeholders.ts';
import { type Half, type Part, singleFileLayout } from './conventions/single-files.ts';
import { compareNumbers, countUp } from './conventions/versions.ts';
import { hasMark, type Tool } from './tool.ts';

const split = /^---- create above \/ drop below ----[ \t]*$/m;
const noTransaction = /^---- tern: disable-tx ----$/m;

/**
 * tern: `NNN_name.sql`, the way back below a line of its own (jackc/tern, `migrate/migrate.go`). A file is one
 * transaction; with `---- tern: disable-tx ----` each statement is sent alone. Files are Go templates, whose data
 * are in `tern.conf`.
 */
export const tern: Tool = {
  name: 'tern',
  folders: ['migrations', 'db/migrations'],
  async configuration(project) {
    const found = await project.firstOf(['tern.conf', 'migrations/tern.conf', 'db/migrations/tern.conf']);
    if (found === null) return null;
    const folders = found.file.includes('/') ? [dirname(found.file)] : [];
    return { file: found.file, folders, placeholders: iniSection(found.text, 'data') };
  },
  recognises: (sample) => (hasMark(sample, split) || hasMark(sample, noTransaction) ? 'marks' : null),
  layout: (placeholders) =>
    singleFileLayout({
      name: 'tern',
      bookkeeping: [{ name: 'schema_version', ddl: 'CREATE TABLE schema_version (version int4 NOT NULL)' }],
      pattern: /^(\d+)_.+\.sql$/,
      compare: compareNumbers,
      prepare: (files) =>
        fillPlaceholders(files, matching(/\{\{-?\s*\.([A-Za-z_]\w*)\s*-?\}\}/g), placeholders),
      read,
      write,
    }),
};

function read({ path, text }: SourceFile): readonly (Part | Problem)[] {
  const action = /\{\{.*?\}\}/.exec(text);
  if (action !== null) {
    const place = { file: path, line: new Lines(text).lineAt(action.index) };
    const message = `the template action ${action[0]} cannot be reviewed`;
    return [problem(message, 'write out what it gives', place)];
  }
  const match = split.exec(text);
  const half = (range: Range): Half => {
    const kept = keep(text, [range]);
    return { text: kept, wrapping: noTransaction.test(kept) ? 'statements' : 'transaction' };
  };
  if (match === null) return [{ kind: 'versioned', up: half([0, text.length]), down: null }];
  const down = half([match.index, text.length]);
  return [{ kind: 'versioned', up: half([0, match.index]), down }];
}

function write(drafts: readonly Draft[], instead: Migration): readonly SourceFile[] {
  return drafts.map(({ title, transaction, statements }, index) => ({
    path: join(dirname(instead.path), `${countUp(instead.version, index)}_${title}.sql`),
    text: `${transaction === 'none' ? '---- tern: disable-tx ----\n' : ''}${sqlOf(statements)}`,
  }));
}
