import { dirname, join } from 'node:path/posix';
import type { SourceFile } from '../../model/change.ts';
import type { Draft, Migration } from '../../model/migration.ts';
import { type Problem, problem } from '../../model/problem.ts';
import { keep, type Range } from '../../sql/blank.ts';
import { eachAlone, sqlOf } from './conventions/drafts.ts';
import { type Half, type Part, singleFileLayout } from './conventions/single-files.ts';
import { compareText, countUp } from './conventions/versions.ts';
import { hasMark, type Tool } from './tool.ts';

/** Begins a block; its options follow on the line. */
const mark = /^--\s*migrate:(up|down)(?:[ \t]*$|[ \t]+\S.*$)/gm;

/**
 * dbmate: one file with the blocks `migrate:up` and `migrate:down`, or several of each in turns (amacneil/dbmate,
 * `pkg/dbmate/migration.go` and `db.go`). A block is one transaction; with `transaction:false` it is sent as one
 * query without one.
 */
export const dbmate: Tool = {
  name: 'dbmate',
  folders: ['db/migrations'],
  configuration: async () => null,
  recognises: (sample) => (hasMark(sample, /^--\s*migrate:up\b/m) ? 'marks' : null),
  layout: () =>
    singleFileLayout({
      name: 'dbmate',
      bookkeeping: [
        {
          name: 'schema_migrations',
          ddl: 'CREATE TABLE schema_migrations (version varchar(255) PRIMARY KEY)',
        },
      ],
      pattern: /^(\d+).*\.sql$/,
      compare: compareText,
      read,
      write,
    }),
};

function read({ path, text }: SourceFile): readonly (Part | Problem)[] {
  const marks = [...text.matchAll(mark)];
  const blocks = marks.map(({ 0: line, 1: direction, index }, position) => {
    // Nothing but comments can stand before the first mark; they may say how the file is to be reviewed.
    const from = position === 0 ? 0 : index;
    return { direction, half: halfOf(text, line, [from, marks[position + 1]?.index ?? text.length]) };
  });
  const parts = blocks.flatMap(({ direction, half }, position): readonly Part[] => {
    if (direction !== 'up') return [];
    const next = blocks[position + 1];
    return [{ kind: 'versioned', up: half, down: next?.direction === 'down' ? next.half : null }];
  });
  if (parts.length > 0) return parts;
  const message = 'dbmate finds no `-- migrate:up` in it';
  return [problem(message, 'put it before the first statement', { file: path, line: 1 })];
}

function halfOf(text: string, options: string, range: Range): Half {
  const wrapping = /\stransaction:false(\s|$)/.test(options) ? 'one query' : 'transaction';
  return { text: keep(text, [range]), wrapping };
}

function write(drafts: readonly Draft[], instead: Migration): readonly SourceFile[] {
  return eachAlone(drafts).map(({ title, transaction, statements }, index) => ({
    path: join(dirname(instead.path), `${countUp(instead.version, index)}_${title}.sql`),
    text: `-- migrate:up${transaction === 'none' ? ' transaction:false' : ''}\n${sqlOf(statements)}\n-- migrate:down\n`,
  }));
}
