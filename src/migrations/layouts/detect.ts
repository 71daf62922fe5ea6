import type { Layout } from '../../model/change.ts';
import { CannotReview, problem } from '../../model/problem.ts';
import type { Placeholders } from './conventions/placeholders.ts';
import { noTool } from './plain.ts';
import { Project } from './project.ts';
import type { Tool, ToolConfiguration } from './tool.ts';
import { tools } from './tools.ts';

/** What somebody says of the migrations. Null: nothing, so that the repository is asked. */
export interface Stated {
  /** Folder of the migrations, relative to the working directory. */
  readonly folder: string | null;
  /** Name of a tool. */
  readonly layout: string | null;
  readonly placeholders: Readonly<Record<string, string>>;
}

/** Where the schema is described, and how. */
export type Detected =
  | { readonly kind: 'migrations'; readonly folder: string; readonly layout: Layout }
  /** The whole schema as one file, which migrations in code keep up to date. */
  | { readonly kind: 'schema'; readonly file: string };

/** A tool with what makes it one that may be meant. */
interface Candidate {
  readonly tool: Tool;
  readonly folder: string;
  readonly placeholders: Placeholders;
  /** The file or folder that tells. */
  readonly evidence: string;
}

const railsSchema = 'db/structure.sql';

/**
 * Finds the migration tool of a repository and the folder of its migrations. What is in the files counts for more
 * than what is configured, and that for more than names; where nothing tells, the folder is a plain one.
 *
 * @throws CannotReview where the named tool is not known, or several tools are as likely.
 */
export async function detectLayout(root: string, stated: Stated): Promise<Detected> {
  const project = new Project(root);
  const candidate =
    stated.layout === null
      ? await search(project, stated.folder)
      : await asNamed(project, toolNamed(stated.layout), stated.folder);
  const found = candidate ?? (await asNamed(project, noTool, stated.folder));
  if (candidate === null && stated.folder === null && !(await project.hasFolder(found.folder))) {
    if ((await project.text(railsSchema)) !== null) return { kind: 'schema', file: railsSchema };
  }
  const values = new Map([...found.placeholders, ...Object.entries(stated.placeholders)]);
  return { kind: 'migrations', folder: found.folder, layout: found.tool.layout(values) };
}

function toolNamed(name: string): Tool {
  const tool = tools.find((each) => each.name === name.toLowerCase());
  if (tool !== undefined) return tool;
  const hint = `it can be ${tools.map((each) => each.name).join(', ')}`;
  throw new CannotReview([problem(`there is no layout "${name}"`, hint)]);
}

async function asNamed(project: Project, tool: Tool, folder: string | null): Promise<Candidate> {
  return toCandidate(project, tool, await tool.configuration(project), folder);
}

async function toCandidate(
  project: Project,
  tool: Tool,
  configuration: ToolConfiguration | null,
  stated: string | null,
): Promise<Candidate> {
  if (stated === null && configuration !== null && configuration.folders.length > 1) {
    const message = `${configuration.file} names several folders of migrations: ${configuration.folders.join(', ')}`;
    throw new CannotReview([problem(message, 'name one with --migrations')]);
  }
  const folder = stated ?? configuration?.folders[0] ?? (await usualFolder(project, tool));
  const placeholders = configuration?.placeholders ?? new Map<string, string>();
  return { tool, folder, placeholders, evidence: configuration?.file ?? folder };
}

/** The first of its usual folders that is there, or the likeliest. */
async function usualFolder(project: Project, tool: Tool): Promise<string> {
  for (const folder of tool.folders) {
    if (await project.hasFolder(folder)) return folder;
  }
  return tool.folders[0] ?? '.';
}

async function search(project: Project, stated: string | null): Promise<Candidate | null> {
  const configured = await configuredTools(project, stated);
  const marked = await recognisedTools(project, stated, 'marks');
  const named = await recognisedTools(project, stated, 'names');
  // Names that a tool shares with others are its own where it is configured as well.
  const both = named.filter(({ tool }) => configured.some((each) => each.tool === tool));
  for (const candidates of [marked, both, configured, named]) {
    const [first, ...others] = candidates;
    if (first === undefined) continue;
    if (others.some(({ tool }) => tool !== first.tool)) throw ambiguous(candidates);
    return first;
  }
  return null;
}

function ambiguous(candidates: readonly Candidate[]): CannotReview {
  const list = candidates.map(({ tool, evidence }) => `${tool.name} (${evidence})`).join(', ');
  const hint = 'name one with --layout, and its folder with --migrations';
  return new CannotReview([problem(`the migrations may be of several tools: ${list}`, hint)]);
}

/** Tools that the repository configures for the stated folder, or for one that is there. */
async function configuredTools(project: Project, stated: string | null): Promise<readonly Candidate[]> {
  const found = await Promise.all(
    tools.map(async (tool): Promise<readonly Candidate[]> => {
      const configuration = await tool.configuration(project);
      if (configuration === null) return [];
      const { folders } = configuration;
      if (stated !== null && folders.length > 0 && !folders.includes(stated)) return [];
      const candidate = await toCandidate(project, tool, configuration, stated);
      return (await project.hasFolder(candidate.folder)) ? [candidate] : [];
    }),
  );
  return found.flat();
}

/** Tools that know the files of the stated folder, or of one where they usually have theirs. */
async function recognisedTools(
  project: Project,
  stated: string | null,
  recognition: 'marks' | 'names',
): Promise<readonly Candidate[]> {
  const found = await Promise.all(
    tools.map(async (tool): Promise<readonly Candidate[]> => {
      const configuration = await tool.configuration(project);
      const usual = [...(configuration?.folders ?? []), ...tool.folders];
      for (const folder of stated === null ? usual : [stated]) {
        const sample = await project.sample(folder);
        if (sample === null || tool.recognises(sample) !== recognition) continue;
        const placeholders = configuration?.placeholders ?? new Map<string, string>();
        return [{ tool, folder, placeholders, evidence: folder }];
      }
      return [];
    }),
  );
  return found.flat();
}
