import type { FilledParameter } from '../../model/plan.ts';
import { parse } from '../../sql/grammar.ts';
import { mentionsOf } from '../../sql/mentions.ts';
import type { PlannedVariant } from '../examine.ts';

/** Longest value that is shown, in characters. */
const longestValue = 60;

/** Constants of a text that are shown. */
const mostConstants = 8;

/** What a parameter was given, in words: `$1: the most common public.users.country, 'DE'`. */
function describeValue({ number, value, from, of, standsIn }: FilledParameter): string {
  const shown = standsIn ? null : shorten(readable(value));
  const named = `$${number}`;
  switch (from) {
    case 'capture':
      return of === null ? `${named} = ${shown}` : `${of} ${shown}`;
    case 'assumed':
      return `${of} ${shown}, assumed`;
    case 'most common':
    case 'rare': {
      const kind = from === 'rare' ? 'a rare' : 'the most common';
      return `${named}: ${kind} ${of}${shown === null ? '' : `, ${shown}`}`;
    }
    default:
      return from satisfies never;
  }
}

/** The values of a variant in one phrase; of texts with constants, the constants that another one has not. */
export function describeValues(variant: PlannedVariant, other: PlannedVariant): string {
  const { filled, parameters } = variant;
  switch (parameters) {
    case 'none':
    case 'captured constants':
      return describeConstants(variant.text, other.text);
    case 'generic':
      return `values that are not known${filled.length === 0 ? '' : ` (${valuesOf(variant)})`}`;
    case 'captured values':
    case 'most common values':
    case 'rare values':
      return valuesOf(variant);
    default:
      return parameters satisfies never;
  }
}

/** What a variant was planned with, one by one. */
export function readableValues(variant: PlannedVariant): readonly string[] {
  const { filled, parameters, text } = variant;
  return parameters === 'none' || parameters === 'captured constants'
    ? readableConstants(constantsOf(text))
    : filled.map(describeValue);
}

function valuesOf({ filled }: PlannedVariant): string {
  return filled.map(describeValue).join(', ');
}

function describeConstants(text: string, other: string): string {
  const [own, others] = [constantsOf(text), constantsOf(other)];
  const differing = own.filter((constant, place) => others[place] !== constant);
  return readableConstants(differing.length === 0 ? own : differing).join(', ');
}

function readableConstants(constants: readonly string[]): readonly string[] {
  return constants.slice(0, mostConstants).map((constant) => shorten(`'${constant}'`));
}

function constantsOf(text: string): readonly string[] {
  const parsed = parse(text);
  return parsed.kind === 'parsed' ? mentionsOf(parsed.value).constants : [];
}

function readable(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}

function shorten(text: string): string {
  return text.length > longestValue ? `${text.slice(0, longestValue - 1).toWellFormed()}…` : text;
}
