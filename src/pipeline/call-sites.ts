import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type CallPlaces, CallSites, type LoggedTexts } from '../workload/capture/call-sites.ts';
import type { SourcePlace } from '../workload/capture/journals.ts';
import { innermost, layersIn } from '../workload/capture/layers.ts';
import { pathsIn, repositoryPaths } from './repository.ts';
import { TemporaryFolder } from './temporary-folder.ts';

/** What runs in programs before they do, beside this file as it is bundled. */
const preload = fileURLToPath(new URL('preload.cjs', import.meta.url));

type Variables = Readonly<Record<string, string>>;

/** Programs of Node that are told to write down which of their lines send queries, and what they wrote. */
export class WatchedPrograms implements AsyncDisposable {
  /** Null where nobody wants to know, or what runs in the programs is not there: it exists in the bundle only. */
  readonly #folder: TemporaryFolder | null;

  private constructor(folder: TemporaryFolder | null) {
    this.#folder = folder;
  }

  static async begin(isWanted: boolean): Promise<WatchedPrograms> {
    if (!isWanted || !existsSync(preload)) return new WatchedPrograms(null);
    return new WatchedPrograms(await TemporaryFolder.create());
  }

  /** The environment of a program, in which it is watched. Programs of other languages take no notice. */
  environment(variables: Variables): Variables {
    if (this.#folder === null) return variables;
    const required = `--require "${preload.replaceAll(/["\\]/g, '\\$&')}"`;
    const { NODE_OPTIONS: options = '' } = variables;
    return {
      ...variables,
      NODE_OPTIONS: options === '' ? required : `${options} ${required}`,
      PG_GUARDRAILS_CALL_SITES: this.#folder.path,
    };
  }

  /** The lines of the repository that sent what was logged; null where nothing is known of them. */
  async places(logged: LoggedTexts, root: string): Promise<CallPlaces | null> {
    const sites = this.#folder === null ? null : await CallSites.read(this.#folder.path);
    if (sites === null || sites.isEmpty) return null;
    const paths = await pathsIn(root, await repositoryPaths(root));
    const named = new Map<readonly SourcePlace[], readonly SourcePlace[]>();
    const within = (frames: readonly SourcePlace[]) => {
      const known = named.get(frames);
      if (known !== undefined) return known;
      const found = frames.flatMap(({ file, line }) => {
        const path = paths.find(file);
        return path === null ? [] : [{ file: path, line }];
      });
      named.set(frames, found);
      return found;
    };
    const calls = sites.calls().map(({ sql, frames }) => ({ sql, frames: within(frames) }));
    const layers = layersIn(calls);
    return sites.replay(logged, (frames) => innermost(within(frames), layers));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder?.[Symbol.asyncDispose]();
  }
}
