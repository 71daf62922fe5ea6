import type { Evidence } from '../model/insight.ts';
import { formatRange, formatSeconds } from './durations.ts';

type Fact = string | number | null | undefined;

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

/** A number with its digits grouped: `345,138`. */
export function formatCount(value: number): string {
  return grouped.format(value);
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** A number of things: `1 insight`, `2 insights`. */
export function plural(count: number, noun: string, several = `${noun}s`): string {
  const number = formatCount(count);
  return `${number} ${number === '1' ? noun : several}`;
}

/** Bytes in units of 1024, named as PostgreSQL names them: `6.1 GB`. */
export function formatBytes(bytes: number): string {
  const power = Math.min(byteUnits.length - 1, bytes < 1 ? 0 : Math.floor(Math.log(bytes) / Math.log(1024)));
  return `${short.format(bytes / 1024 ** power)} ${byteUnits[power]}`;
}

function formatPercent(share: number): string {
  const percent = share * 100;
  // 99.97% is not all of it.
  const digits = percent > 99 && percent < 100 ? Math.floor(percent * 10) / 10 : Math.round(percent);
  return `${digits}%`;
}

function formatRatio(ratio: number): string {
  return `${short.format(ratio)} times`;
}

/** A name or code, between backticks, which renderers turn into their own kind of code. */
function formatCode(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}

/** Longest fact in a sentence, in characters: an error message can be as long as somebody makes it. */
const longestFact = 400;

function shorten(text: string): string {
  return text.length > longestFact ? `${text.slice(0, longestFact - 1).toWellFormed()}…` : text;
}

/**
 * Fills a template's `{fact}` and `{fact:format}` with the facts of an evidence, and `{low..high:seconds}` with a
 * time from one to the other. What stands in `[[ ]]` is left out where a fact in it is null.
 */
export function fill(template: string, facts: Evidence['facts']): string {
  const known = template.replaceAll(/\[\[(.*?)\]\]/g, (_, part: string) =>
    factsIn(part).some((name) => facts[name] === null) ? '' : part,
  );
  const ranges = known.replaceAll(/\{(\w+)\.\.(\w+):seconds\}/g, (_, low: string, high: string) =>
    formatRange([numberIn(facts, low), numberIn(facts, high)]),
  );
  return ranges.replaceAll(/\{(\w+)(?::(\w+))?\}/g, (_, name: string, format: string | undefined) =>
    formatFact(facts[name], format, name),
  );
}

function factsIn(template: string): readonly string[] {
  return [...template.matchAll(/\{(\w+)/g)].flatMap(([, name]) => name ?? []);
}

function numberIn(facts: Evidence['facts'], name: string): number {
  const fact = facts[name];
  if (typeof fact !== 'number') throw new Error(`the evidence has no number "${name}"`);
  return fact;
}

function formatFact(fact: Fact, format: string | undefined, name: string): string {
  if (fact === undefined) throw new Error(`the evidence has no fact "${name}"`);
  if (fact === null) return 'nothing';
  if (typeof fact === 'string') {
    // What is to be run is of no use in part.
    if (format === 'sql') return fact;
    return format === 'code' ? formatCode(shorten(fact)) : shorten(fact).replaceAll('`', "'");
  }
  switch (format) {
    case 'count':
      return formatCount(fact);
    case 'bytes':
      return formatBytes(fact);
    case 'percent':
      return formatPercent(fact);
    case 'ratio':
      return formatRatio(fact);
    case 'seconds':
      return formatSeconds(fact);
    case undefined:
      return String(fact);
    default:
      throw new Error(`a number cannot be formatted as "${format}"`);
  }
}
