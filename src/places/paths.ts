/** How a container's image calls the folder that a repository is copied to; what follows is a path in the repository. */
const usualRoots = [
  '/app/',
  '/usr/src/app/',
  '/usr/src/',
  '/src/app/',
  '/home/node/app/',
  '/code/',
  '/src/',
  '/srv/app/',
  '/srv/',
  '/opt/app/',
  '/var/www/html/',
  '/var/task/',
  '/workspace/',
  '/workspaces/',
  '/github/workspace/',
];

/** Folders with the code of others, wherever they are. */
const packages =
  /(?:^|\/)(?:node_modules|site-packages|dist-packages|bower_components|\.yarn|\.cargo|gems|vendor\/bundle|go\/pkg\/mod|lib\/(?:python|ruby|node)[^/]*)\//;

/** What bundlers and runtimes put before a path. */
const schemes = /^(?:webpack-internal|webpack|file|vite-node|rsc|turbopack|ng):\/\/(?:\/?\([^)]*\))?/;

/** Finds the files of a repository that others name: by absolute paths, those of a container, of Windows, or by URLs. */
export class RepositoryPaths {
  readonly #paths: ReadonlySet<string>;
  readonly #roots: readonly string[];
  readonly #byName: ReadonlyMap<string, readonly string[]>;

  /**
   * @param paths all files, with slashes, from the working directory
   * @param roots absolute paths of the working directory
   */
  constructor(paths: readonly string[], roots: readonly string[]) {
    this.#paths = new Set(paths);
    this.#roots = roots.map((root) => `${slashed(root).replace(/\/$/, '')}/`);
    this.#byName = Map.groupBy(paths, nameOf);
  }

  /** Whether a path leads out of the repository. One that does not, and is not there, may be that of another service. */
  isForeign(path: string): boolean {
    return isForeign(path);
  }

  /** The file that a text names for sure, or null. */
  find(text: string): string | null {
    const path = slashed(text)
      .replace(schemes, '')
      .replace(/\?.*$/, '')
      .replace(/^(?:\.\/)+/, '');
    if (this.#paths.has(path)) return path;
    if (packages.test(path)) return null;
    for (const root of this.#roots) {
      if (path.startsWith(root)) return this.#known(path.slice(root.length));
    }
    const within = withoutRoot(path);
    if (within !== null && this.#paths.has(within)) return within;
    return this.#bySuffix(path, within);
  }

  #known(path: string): string | null {
    return this.#paths.has(path) ? path : null;
  }

  /** The one file that ends like it, as a whole: what only its last folders have in common may be another file. */
  #bySuffix(path: string, within: string | null): string | null {
    const whole = path.replace(/^(?:[A-Za-z]:)?\/+/, '');
    const found = (this.#byName.get(nameOf(path)) ?? []).filter((candidate) => {
      const isTail = whole.endsWith(`/${candidate}`) && candidate.includes('/');
      return isTail || (within?.includes('/') === true && candidate.endsWith(`/${within}`));
    });
    const [longest, second] = found.toSorted((a, b) => b.length - a.length);
    if (longest === undefined || second?.length === longest.length) return null;
    // Of two that end like it, one in a folder of the other, the longer is meant.
    return found.every((each) => longest.endsWith(each)) ? longest : null;
  }
}

function slashed(path: string): string {
  return path.replaceAll('\\', '/');
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** What a path of a container is from the root of the repository, or a path that is none of a container. */
function withoutRoot(path: string): string | null {
  const bare = path.replace(/^\/{2,}/, '/');
  const root = usualRoots.find((each) => bare.startsWith(each));
  if (root !== undefined) return bare.slice(root.length);
  return isForeign(path) ? null : path;
}

/** A path that leads out of the repository, or is none. */
function isForeign(path: string): boolean {
  return /^(?:[A-Za-z]:)?[\\/]|^\.\.[\\/]|^[a-z][a-z0-9+.-]+:\/\//i.test(path) || packages.test(path);
}
