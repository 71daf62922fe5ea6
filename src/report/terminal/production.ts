import type { Review } from '../../model/review.ts';
import {
  ageInWords,
  countedInWords,
  type ProductionReview,
  perDayInWords,
  shareInWords,
  unusedOf,
  usedOf,
} from '../production.ts';
import { formatCount, plural } from '../wording.ts';
import { type Colors, paragraph } from './layout.ts';

const shownTables = 6;
/** Indexes that are named for a table; the report has more. */
const shownIndexes = 3;

/** What production says about the tables of the change, a line for each; empty without a statistics file. */
export function productionSection({ production }: Review, colors: Colors, width: number): string {
  if (production === null) return '';
  const { tables } = production;
  const rest = tables.length - shownTables;
  return [
    colors.bold('What production says about the tables of the change'),
    ...tables.slice(0, shownTables).map((each) => paragraph(colors, sentenceOf(each, production), width, 2)),
    ...(rest > 0 ? [colors.dim(`  and ${plural(rest, 'more table', 'more tables')} in the report`)] : []),
    paragraph(colors, colors.dim(`${countedInWords(production)}; replicas have their own.`), width, 2),
  ].join('\n');
}

function sentenceOf(table: ProductionReview['tables'][number], production: ProductionReview): string {
  const { sequentialScansPerDay, indexScansPerDay, lastVacuum, lastAnalyze } = table;
  const [used, unused] = [usedOf(table), unusedOf(table)];
  const parts = [
    `\`${table.table.replaceAll('`', "'")}\`: ${plural(table.rows, 'row')}`,
    sequentialScansPerDay === null && indexScansPerDay === null
      ? ''
      : `scans a day: ${perDayInWords(sequentialScansPerDay)} of the whole table, ${perDayInWords(indexScansPerDay)} by index`,
    table.deadShare === null ? '' : `${shareInWords(table.deadShare)} dead`,
    `vacuum ${ageInWords(lastVacuum, production)}, analyze ${ageInWords(lastAnalyze, production)}`,
    used.length === 0 ? '' : `scans of ${usedIn(used)}`,
    unused.length === 0 ? '' : `no scan of ${namesOf(unused)}`,
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function usedIn(used: ReturnType<typeof usedOf>): string {
  const rest = used.length - shownIndexes;
  const shown = used
    .slice(0, shownIndexes)
    .map(({ name, often }) => `\`${name.replaceAll('`', "'")}\` ${often}`);
  return `${shown.join(', ')}${rest > 0 ? ` and ${formatCount(rest)} more` : ''}`;
}

function namesOf(names: readonly string[]): string {
  const rest = names.length - shownIndexes;
  const shown = names.slice(0, shownIndexes).map((name) => `\`${name.replaceAll('`', "'")}\``);
  return `${shown.join(', ')}${rest > 0 ? ` and ${formatCount(rest)} more` : ''}`;
}
