import type { Layout } from '../../model/change.ts';
import type { Placeholders } from './conventions/placeholders.ts';
import type { Project } from './project.ts';

/** Some files of a folder, by which a tool can tell whether they are its own. */
export interface FolderSample {
  /** Relative to the working directory. */
  readonly folder: string;
  /** All files, by their paths within the folder. */
  readonly files: readonly string[];
  /** Texts of some of the `.sql` files. */
  readonly texts: readonly string[];
}

/** What a tool's configuration in the repository says. */
export interface ToolConfiguration {
  /** The file that says so. */
  readonly file: string;
  /** Folders of migrations, relative to the working directory; empty where the file leaves them open. */
  readonly folders: readonly string[];
  readonly placeholders: Placeholders;
}

/** A migration tool: how it is told from the repository, and its conventions. */
export interface Tool {
  readonly name: string;
  /** Where its projects usually have their migrations, the likeliest first. */
  readonly folders: readonly string[];
  /** Null where the repository does not configure this tool. */
  configuration(project: Project): Promise<ToolConfiguration | null>;
  /**
   * By what the tool knows files as its own, if it does: `marks` are what no other tool writes, `names` are forms
   * that other tools have as well.
   */
  recognises(sample: FolderSample): 'marks' | 'names' | null;
  layout(placeholders: Placeholders): Layout;
}

/** Whether any text of a sample has a mark. */
export function hasMark({ texts }: FolderSample, mark: RegExp): boolean {
  return texts.some((text) => mark.test(text));
}
