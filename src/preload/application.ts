import type { Stack } from './stack.ts';

/** A place in what V8 runs, which a source map may lead on from. Lines and columns count from 1. */
export interface CompiledPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Frames that are kept of one call; a layer over the driver is a few functions deep. */
const keptFrames = 6;

const packages = /[\\/]node_modules[\\/]|[\\/]\.yarn[\\/]|[\\/]\.pnp\./;

/**
 * Frames of the application, innermost first: none of packages, of Node itself, or of ours.
 *
 * @param boundary name of a function; what called it had another query in mind
 */
export function applicationFrames(stack: Stack, boundary: string | null = null): readonly CompiledPlace[] {
  const found: CompiledPlace[] = [];
  for (const frame of stack) {
    const file = fileOf(frame);
    if (file === null) continue;
    if (file === ours) {
      if (boundary !== null && frame.getFunctionName() === boundary) break;
      continue;
    }
    const line = frame.getLineNumber();
    if (line === null || packages.test(file)) continue;
    found.push({ file, line, column: frame.getColumnNumber() ?? 1 });
    if (found.length === keptFrames) break;
  }
  return found;
}

/** Ours, as it is bundled: one file. */
const ours = __filename;

const absolute = /^(?:\/|[A-Za-z]:[\\/])/;

/** An absolute path, or null for what is no file. */
function fileOf(frame: NodeJS.CallSite): string | null {
  const name = frame.getFileName() ?? frame.getScriptNameOrSourceURL?.() ?? null;
  if (name === null) return null;
  const path = name.startsWith('file://') ? fromUrl(name) : name;
  return absolute.test(path) ? path.replace(/\?.*$/, '') : null;
}

function fromUrl(url: string): string {
  const path = decodeURIComponent(new URL(url).pathname);
  return /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path;
}
