import { existsSync, readFileSync } from 'node:fs';
import { findSourceMap, SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, resolve } from 'node:path';
import type { CompiledPlace } from './application.ts';
import { guarded } from './guard.ts';

/** A line of a source file, from 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
}

/** Source maps as they were compiled with their file: the comment that names one, or nothing. */
const compiled = new Map<string, string>();

/** Files that something beside Node's own loader ran. */
const byOthers = new Set<string>();

const beginning = '//# sourceMappingURL=';
/** What a test framework puts around a module may follow it. */
const named = /^\/\/[#@] sourceMappingURL=(\S+)/;

/** Has a look at what is about to run: transpilers leave their source map at its end. */
export function rememberCompiled(file: unknown, text: unknown, by: 'Node' | 'others'): void {
  if (typeof file !== 'string' || typeof text !== 'string' || /[\\/]node_modules[\\/]/.test(file)) return;
  const at = text.lastIndexOf(beginning);
  if (by === 'others') byOthers.add(file);
  compiled.set(file.replace(/^file:\/\//, ''), at === -1 ? '' : text.slice(at));
}

interface Mapping {
  readonly map: SourceMap;
  /** Folder that its sources are relative to. */
  readonly folder: string;
}

const mappings = new Map<string, Mapping | null>();

/** Languages that run only when they have been translated, so that without a source map no line is known. */
const translated = /\.(?:[cm]?tsx?|jsx|vue|svelte|coffee)$/;

/** The place in the source that a place in what runs was made of; null where that is not known. */
export function sourceOf({ file, line, column }: CompiledPlace): SourcePlace | null {
  const mapping = mappingOf(file);
  if (mapping === null) return translated.test(file) && !keepsLines(file) ? null : { file, line };
  const entry: object = mapping.map.findEntry(line - 1, column - 1);
  const original: unknown = Reflect.get(entry, 'originalSource');
  const originalLine: unknown = Reflect.get(entry, 'originalLine');
  if (typeof original !== 'string' || typeof originalLine !== 'number') return null;
  return { file: pathOf(original, file, mapping.folder), line: originalLine + 1 };
}

/** Node runs TypeScript by blanking out its types. What others run has been through a translation of theirs. */
function keepsLines(file: string): boolean {
  return Reflect.get(process.features, 'typescript') === 'strip' && !byOthers.has(file);
}

function mappingOf(file: string): Mapping | null {
  const known = mappings.get(file);
  if (known !== undefined) return known;
  const found = guarded(() => findMapping(file)) ?? null;
  mappings.set(file, found);
  return found;
}

function findMapping(file: string): Mapping | null {
  const folder = dirname(file);
  const active = findSourceMap(file);
  if (active !== undefined) return { map: active, folder };
  const text = compiled.get(file) || (existsSync(file) ? readFileSync(file, 'utf8') : '');
  const [, url] = named.exec(text.slice(text.lastIndexOf(beginning))) ?? [];
  if (url === undefined) return null;
  const [, base64, data] = /^data:[^,]*?(;base64)?,(.*)$/.exec(url) ?? [];
  if (data !== undefined) {
    const json = base64 === undefined ? decodeURIComponent(data) : Buffer.from(data, 'base64').toString();
    return { map: new SourceMap(payloadOf(json)), folder };
  }
  const path = resolve(folder, decodeURIComponent(url));
  return { map: new SourceMap(payloadOf(readFileSync(path, 'utf8'))), folder: dirname(path) };
}

function payloadOf(json: string): SourceMapPayload {
  const payload: SourceMapPayload = JSON.parse(json);
  const { sourceRoot } = payload;
  if (!sourceRoot) return payload;
  const sources = payload.sources.map((source) => `${sourceRoot.replace(/\/$/, '')}/${source}`);
  return { ...payload, sourceRoot: '', sources };
}

/** Sources are named by path, by URL, or by what a bundler makes of a path. */
function pathOf(source: string, file: string, folder: string): string {
  if (source.startsWith('file://')) return decodeURIComponent(new URL(source).pathname);
  if (/^[a-z][a-z0-9+.-]+:/i.test(source)) return source;
  // Some name the file without its folder, as what it was made of.
  if (source !== '' && file.endsWith(`/${source}`)) return file;
  return resolve(folder, source);
}
