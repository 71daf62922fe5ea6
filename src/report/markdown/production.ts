import type { Review } from '../../model/review.ts';
import { ageInWords, countedInWords, perDayInWords, shareInWords, unusedOf, usedOf } from '../production.ts';
import { formatCount, plural } from '../wording.ts';
import { details, small, table } from './blocks.ts';
import { code, figure, join, md, type Safe, text } from './safe.ts';

const shownTables = 20;
/** Indexes that are named for a table; review.json has all of them. */
const shownIndexes = 5;

const columns = [
  ['Table', 'left'],
  ['Rows', 'right'],
  ['Whole scans a day', 'right'],
  ['Index scans a day', 'right'],
  ['Dead rows', 'right'],
  ['Vacuum', 'right'],
  ['Analyze', 'right'],
  ['Scans of each index', 'left'],
  ['Indexes without a scan', 'left'],
] as const;

/** What production says about the tables of the change. */
export function productionBlock({ production }: Review): readonly Safe[] {
  if (production === null) return [];
  const { tables } = production;
  const rows = tables
    .slice(0, shownTables)
    .map((each) => [
      code(each.table),
      figure(formatCount(each.rows)),
      figure(perDayInWords(each.sequentialScansPerDay)),
      figure(perDayInWords(each.indexScansPerDay)),
      figure(shareInWords(each.deadShare)),
      figure(ageInWords(each.lastVacuum, production)),
      figure(ageInWords(each.lastAnalyze, production)),
      shortened(usedOf(each).map(({ name, often }) => md`${code(name)} ${figure(often)}`)),
      shortened(unusedOf(each).map(code)),
    ]);
  const rest = tables.length - rows.length;
  return [
    details(
      text(`🏭 What production says about the tables of the change: ${plural(tables.length, 'table')}`),
      [
        table(columns, rows),
        ...(rest > 0 ? [text(`and ${formatCount(rest)} more in the full report`)] : []),
        small(
          text(
            `By the counters of the statistics file, ${countedInWords(production)}; replicas have their own.`,
          ),
        ),
      ],
    ),
  ];
}

function shortened(indexes: readonly Safe[]): Safe {
  if (indexes.length === 0) return text('–');
  const rest = indexes.length - shownIndexes;
  const shown = join(indexes.slice(0, shownIndexes), '<br>');
  return rest > 0 ? md`${shown} ${text(`and ${formatCount(rest)} more`)}` : shown;
}
