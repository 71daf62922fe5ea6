import type { ChangedMigration, Remediation } from '../../model/insight.ts';
import { bestFirst, verifiedInWords } from '../remediation.ts';
import { formatCount, plural } from '../wording.ts';
import { bold, details, list } from './blocks.ts';
import { code, fence, join, md, type Safe, sentence, text } from './safe.ts';

/** Longest SQL of one remedy, in characters. What is to be run is of no use in part, so files are shown whole or not. */
const longestRemedy = 12_000;

const mostFilesUnfolded = 6;

/** What to do: one way after the other. Of several that were tried for one query, all but the best are folded. */
export function remedies(all: readonly Remediation[]): readonly Safe[] {
  const { shown, otherWays } = bestFirst(all);
  return [
    ...shown.flatMap(remedy),
    ...(otherWays.length === 0
      ? []
      : [details(text(`Other ways (${formatCount(otherWays.length)})`), otherWays.flatMap(remedy))]),
  ];
}

/** One way to put something right; what is to be run stands in blocks that can be copied. */
function remedy(remediation: Remediation): readonly Safe[] {
  const { kind, title, text: body, migration } = remediation;
  const verified = verifiedInWords(remediation);
  const label = md`${bold(text(title))}${verified === '' ? md`` : md` (${text(verified)})`}`;
  if (migration !== null) return [md`${label}, in place of ${replaced(migration)}:`, ...files(migration)];
  if (kind === 'advice') return [md`${label}: ${sentence(body)}`];
  if (body.length > longestRemedy) return [md`${label}: ${text(inFullReport(body.length))}`];
  return [label, fence(body.trimEnd(), 'sql')];
}

function replaced({ replaces, alsoReplaces }: ChangedMigration): Safe {
  return join([replaces, ...alsoReplaces].map(code), ' and ');
}

/** Each file after its path; many are folded away. */
function files(migration: ChangedMigration): readonly Safe[] {
  const { files: all, advice } = migration;
  const notes = advice.length === 0 ? [] : [list(advice.map(sentence))];
  const blocks = fileBlocks(migration);
  if (all.length <= mostFilesUnfolded) return [...blocks, ...notes];
  return [details(text(`${formatCount(all.length)} files`), blocks), ...notes];
}

function fileBlocks({ files: all }: ChangedMigration): readonly Safe[] {
  let left = longestRemedy;
  const shown = all.filter(({ text: sql }) => {
    left -= sql.length;
    return left >= 0;
  });
  const rest = all.slice(shown.length);
  return [
    ...shown.flatMap(({ path, text: sql }) => [code(path), fence(sql.trimEnd(), 'sql')]),
    ...(rest.length === 0
      ? []
      : [
          md`${text(`${plural(rest.length, 'further file')} did not fit here; the full report has ${rest.length === 1 ? 'it' : 'them'}:`)} ${join(
            rest.map(({ path }) => code(path)),
            ', ',
          )}`,
        ]),
  ];
}

function inFullReport(length: number): string {
  return `its ${formatCount(length)} characters are in the full report`;
}
