import { isTest } from '../traces.ts';
import type { Call } from './call-sites.ts';
import type { SourcePlace } from './journals.ts';

/** Different texts, and different callers, from which on a line is a layer that others send their queries through. */
const fewest = 3;

/** Layers may lie over each other. */
const mostLayers = 4;

/**
 * Lines that send what others ask them to, such as `pool.query(text, values)` in a module that the whole application
 * sends its queries through. What is to be changed about a query is where its text is decided. Tests that call a line
 * decide nothing about it.
 *
 * @param calls with frames of the repository only
 * @returns places as `keyOfPlace` writes them
 */
export function layersIn(calls: Iterable<Call>): ReadonlySet<string> {
  const all = [...calls].map(({ sql, frames }) => ({
    sql,
    frames: frames.filter(({ file }) => !isTest(file)),
  }));
  const layers = new Set<string>();
  for (let depth = 0; depth < mostLayers; depth += 1) {
    const before = layers.size;
    const left = all.map(({ sql, frames }) => ({ sql, frames: beyond(frames, layers) }));
    const byPlace = Map.groupBy(left, ({ frames: [place] }) =>
      place === undefined ? '' : keyOfPlace(place),
    );
    for (const [place, sent] of byPlace) {
      if (place === '' || new Set(sent.map(({ sql }) => sql)).size < fewest) continue;
      if (callersOf(sent.map(({ frames }) => frames)) >= fewest) layers.add(place);
    }
    if (layers.size === before) break;
  }
  return layers;
}

/** From how many lines a line is called, past those that all of its calls have in common. */
function callersOf(calls: readonly (readonly SourcePlace[])[]): number {
  const deepest = calls.reduce((most, { length }) => Math.max(most, length), 0);
  for (let depth = 1; depth < deepest; depth += 1) {
    const callers = new Set(calls.flatMap((frames) => frames[depth] ?? []).map(keyOfPlace));
    if (callers.size > 1) return callers.size;
  }
  return 0;
}

/** The innermost frame that is no layer; where all are, the innermost of all. */
export function innermost(frames: readonly SourcePlace[], layers: ReadonlySet<string>): SourcePlace | null {
  return beyond(frames, layers)[0] ?? frames[0] ?? null;
}

function beyond(frames: readonly SourcePlace[], layers: ReadonlySet<string>): readonly SourcePlace[] {
  const from = frames.findIndex((frame) => !layers.has(keyOfPlace(frame)));
  return from === -1 ? [] : frames.slice(from);
}

function keyOfPlace({ file, line }: SourcePlace): string {
  return `${file}:${line}`;
}
