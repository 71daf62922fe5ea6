import { tools } from '../../src/migrations/layouts/tools.ts';
import type { Layout, SourceFile } from '../../src/model/change.ts';
import type { Script } from '../../src/model/migration.ts';
import { statementsOf } from '../../src/sql/statements.ts';

/** A tool's conventions, with placeholders that have values. */
export function layoutOf(name: string, placeholders: Readonly<Record<string, string>> = {}): Layout {
  const tool = tools.find((each) => each.name === name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  return tool.layout(new Map(Object.entries(placeholders)));
}

/** Files of a folder, as far as the layout reads them, by their paths within it. */
function filesFor(layout: Layout, files: Readonly<Record<string, string>>): readonly SourceFile[] {
  return Object.entries(files)
    .filter(([path]) => layout.isMigration(path))
    .map(([path, text]) => ({ path: `db/${path}`, text }));
}

/** What is run of a folder, in order: `PATH VERSION KIND WRAPPING`, with the statements up and down. */
export function read(layout: Layout, files: Readonly<Record<string, string>>) {
  const { migrations, remarks } = layout.order(filesFor(layout, files));
  return {
    migrations: migrations.map((migration) => ({
      path: migration.path.slice('db/'.length),
      version: migration.version,
      ...(migration.kind === 'versioned' ? {} : { kind: migration.kind }),
      wrapping: migration.wrapping,
      up: sqlIn(migration),
      ...(migration.down === null ? {} : { down: sqlIn(migration.down) }),
    })),
    remarks,
  };
}

/** Statements of a script, each with the line that it stands on. */
function sqlIn({ text }: Script): readonly string[] {
  const statements = statementsOf(text);
  if (statements.kind === 'unreadable') return [`unreadable: ${statements.problem.message}`];
  return statements.value.map(({ sql, line }) => `${line}: ${sql}`);
}
