import { modeInWords } from '../src/model/observation.ts';
import type { Review } from '../src/model/review.ts';
import type { CatalogueDifference, StatementReview } from '../src/model/reviewed-migration.ts';
import { formatCount } from '../src/report/wording.ts';

/** A statement, and where it stands. */
interface Row {
  readonly where: string;
  readonly statement: StatementReview;
}

interface Column {
  readonly title: string;
  /** Whether it is shown where no statement has anything in it, since that is worth knowing. */
  readonly always: boolean;
  cells(row: Row): readonly string[];
}

const columns: readonly Column[] = [
  {
    title: 'Locks',
    always: true,
    cells: ({ statement }) =>
      statement.locks.map(({ relation, mode }) => `\`${relation}\` ${modeInWords(mode)}`),
  },
  { title: 'Rewrites', always: true, cells: ({ statement }) => statement.rewrites.map(code) },
  { title: 'Scans', always: true, cells: ({ statement }) => statement.scans.map(code) },
  { title: 'Builds', always: true, cells: ({ statement }) => statement.indexesBuilt.map(code) },
  { title: 'Rows changed', always: false, cells: ({ statement }) => statement.changedRows.map(rowsChanged) },
  {
    title: 'Catalogue',
    always: false,
    cells: ({ statement }) => outermost(statement.differences).map(difference),
  },
];

/** What the statements of an example's migrations were seen to do. */
export function observationTable({ migrations }: Review): readonly string[] {
  const rows = migrations.flatMap(({ file, statements }): readonly Row[] =>
    statements.map((statement) => ({
      where:
        migrations.length === 1
          ? String(statement.line)
          : code(`${file.split('/').at(-1)}:${statement.line}`),
      statement,
    })),
  );
  if (rows.length === 0) return [];
  const shown = columns.filter(({ always, cells }) => always || rows.some((row) => cells(row).length > 0));
  const lines = [
    ['Line', ...shown.map(({ title }) => title)],
    ['--:', ...shown.map(() => ':--')],
    ...rows.map((row) => [row.where, ...shown.map(({ cells }) => cells(row).join('<br>') || 'none')]),
  ];
  return ['What the migration was seen to do:', lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')];
}

function rowsChanged({ relation, ...counts }: StatementReview['changedRows'][number]): string {
  const parts = Object.entries(counts).flatMap(([how, count]) =>
    count === 0 ? [] : [`${formatCount(count)} ${how}`],
  );
  return `${code(relation)}: ${parts.join(', ')}`;
}

/** Without the columns and the like of a table or view that comes or goes as a whole. */
function outermost(differences: readonly CatalogueDifference[]): readonly CatalogueDifference[] {
  const whole = differences.flatMap(({ kind, name, table }) =>
    kind === 'altered' || table !== null ? [] : [name],
  );
  return differences.filter(({ table }) => table === null || !whole.includes(table));
}

function difference({ kind, object, name, table, properties }: CatalogueDifference): string {
  const of = table === null ? '' : ` of ${code(table)}`;
  const what = properties.length === 0 ? '' : ` (${properties.map(inWords).join(', ')})`;
  return `${object} ${code(name)}${of} ${kind}${what}`;
}

/** `notNull` is `not null`. */
function inWords(property: string): string {
  return property.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}
