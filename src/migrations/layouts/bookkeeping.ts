import type { Layout } from '../../model/change.ts';
import type { Migration } from '../../model/migration.ts';
import { statementsOf } from '../../sql/statements.ts';

/**
 * The statements that create what the tool keeps its books in, as far as migrations mention it and do not create it
 * themselves. Without them a migration that reads or protects these tables would fail here and nowhere else.
 *
 * @param migrations all of them, those of the base and those of the change
 */
export function bookkeepingFor(layout: Layout, migrations: readonly Migration[]): readonly string[] {
  return layout.bookkeeping
    .filter(({ name }) => {
      const mention = new RegExp(String.raw`(?<![\w$])${name}(?![\w$])`, 'i');
      const texts = migrations.flatMap(({ text, down }) => (down === null ? [text] : [text, down.text]));
      const mentioning = texts.filter((text) => mention.test(text));
      return mentioning.length > 0 && !mentioning.some((text) => creates(text, name));
    })
    .map(({ ddl }) => ddl);
}

/** Whether a text creates a table or a schema of that name. */
function creates(text: string, name: string): boolean {
  const statements = statementsOf(text);
  if (statements.kind === 'unreadable') return false;
  return statements.value.some(({ node }) => {
    if ('CreateStmt' in node) return node.CreateStmt.relation?.relname === name;
    return 'CreateSchemaStmt' in node ? node.CreateSchemaStmt.schemaname === name : false;
  });
}
