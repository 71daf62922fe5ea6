import { type IndexDefinition, identityOf, isCovered } from '../definition.ts';
import type { Demand } from '../demand.ts';
import { blockRanges } from './block-ranges.ts';
import { covering } from './covering.ts';
import type { Customs } from './customs.ts';
import { extended } from './extended.ts';
import { inverted } from './inverted.ts';
import { ordinary } from './ordinary.ts';
import { partial } from './partial.ts';
import { prefixes } from './prefixes.ts';

type Kind = (demand: Demand, customs: Customs) => readonly IndexDefinition[];

const kinds: readonly Kind[] = [ordinary, extended, prefixes, inverted, blockRanges, partial, covering];

/** Rows of a table below which reading it whole costs nothing. */
const leastRows = 1_000;
/** More candidates of one query than that are variations of what was tried. */
const mostOfDemand = 40;

/** Indexes that might serve a demand, each once, none that is there already. */
export function candidatesFor(demand: Demand, customs: Customs): readonly IndexDefinition[] {
  if (demand.table.rows < leastRows) return [];
  const all = kinds
    .flatMap((kind) => kind(demand, customs))
    .filter((definition) => !demand.table.indexes.some((index) => isCovered(definition, index)));
  return [...new Map(all.map((each) => [identityOf(each), each])).values()].slice(0, mostOfDemand);
}
