import { join } from 'node:path/posix';
import type { Project } from './project.ts';
import type { ToolConfiguration } from './tool.ts';

const files = ['flyway.toml', 'flyway.conf', 'conf/flyway.conf', 'conf/flyway.toml', 'flyway.user.toml'];

/** Build files that may run Flyway, which then looks into the resources. */
const builds = ['pom.xml', 'build.gradle', 'build.gradle.kts'];
const resources = 'src/main/resources/db/migration';

/**
 * Reads `flyway.conf` or `flyway.toml`: locations and placeholders (Flyway documentation, "Configuration Files").
 */
export async function flywayConfiguration(project: Project): Promise<ToolConfiguration | null> {
  const found = await project.firstOf(files);
  if (found !== null) {
    return { file: found.file, folders: foldersOf(found.text), placeholders: placeholdersOf(found.text) };
  }
  const build = await project.firstOf(builds);
  if (build === null || !/flyway/i.test(build.text) || !(await project.hasFolder(resources))) return null;
  return { file: build.file, folders: [resources], placeholders: new Map() };
}

function foldersOf(text: string): readonly string[] {
  const locations = /^\s*(?:flyway\.)?locations\s*=\s*(\[[^\]]*\]|.*)$/m.exec(text)?.[1] ?? '';
  return [...locations.matchAll(/filesystem:([^,"'\]\s]+)/g)]
    .map(([, folder = '']) => folder)
    .filter((folder) => !folder.startsWith('/'))
    .map((folder) => join(folder));
}

/** `flyway.placeholders.name=value` in one form, `name = "value"` below `[flyway.placeholders]` in the other. */
function placeholdersOf(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let section = '';
  for (const line of text.split(/\r?\n/)) {
    const head = /^\s*\[([^\]]+)\]/.exec(line);
    if (head !== null) section = head[1] ?? '';
    const [, name, value = ''] =
      /^\s*flyway\.placeholders\.([^=\s]+)\s*=\s*(.*?)\s*$/.exec(line) ??
      (/(^|\.)placeholders$/.test(section) ? /^\s*([^#=\s]+)\s*=\s*(.*?)\s*$/.exec(line) : null) ??
      [];
    if (name !== undefined) values.set(name, value.replace(/^(["'])(.*)\1$/, '$2'));
  }
  return values;
}
