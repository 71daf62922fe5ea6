import type { ReviewedNode } from '../../model/reviewed-plan.ts';
import { costlyPath, nodesOf, pruned } from '../../plans/pruned.ts';
import { formatCount, plural } from '../wording.ts';
import { fence, type Safe, visible } from './safe.ts';

/** Nodes of a flowchart at most: more cannot be read in a comment. */
const mostNodes = 12;

/** Longest line of a label, in characters. */
const longestLine = 48;

/** Room for a line of a label, in pixels. */
const settings = '%%{init: {"flowchart": {"wrappingWidth": 360}}}%%';

/**
 * Colours that can be read on GitHub's light and dark pages: each has a text colour of its own.
 */
const classes = [
  'classDef costly fill:#ffebe9,stroke:#cf222e,stroke-width:3px,color:#1f2328',
  'classDef changed fill:#fff8c5,stroke:#9a6700,stroke-width:2px,color:#1f2328',
  'classDef cause fill:#cf222e,stroke:#82071e,stroke-width:4px,color:#ffffff',
  'classDef rest fill:#f6f8fa,stroke:#8c959f,stroke-dasharray:4 3,color:#57606a',
] as const;

/** A plan as a flowchart of Mermaid, from the root down; the way along which most of its cost is spent is thick. */
export function planChart(plan: ReviewedNode): Safe {
  const root = pruned(plan, mostNodes);
  const path = costlyPath(root);
  const ids = new Map(nodesOf(root).map((node, index) => [node, `n${index}`]));
  const idOf = (node: ReviewedNode) => ids.get(node) ?? 'n0';
  const lines = nodesOf(root).flatMap((node) => {
    const id = idOf(node);
    const look = classOf(node, path.has(node));
    return [
      `  ${id}["${label(linesOf(node))}"]`,
      ...(look === null ? [] : [`  class ${id} ${look}`]),
      ...node.children.map((child) => `  ${id} ${path.has(child) ? '==>' : '-->'} ${idOf(child)}`),
      ...restOf(node, id),
    ];
  });
  return fence(
    [settings, 'flowchart TD', ...lines, ...classes.map((each) => `  ${each}`)].join('\n'),
    'mermaid',
  );
}

function classOf({ mark }: ReviewedNode, isCostly: boolean): string | null {
  if (mark === 'cause') return 'cause';
  if (isCostly) return 'costly';
  return mark;
}

function restOf({ leftOut }: ReviewedNode, id: string): readonly string[] {
  if (leftOut === null) return [];
  const words = `… ${plural(leftOut.nodes, 'more node')}, cost ${formatCount(leftOut.cost)}`;
  return [`  ${id}r["${label([words])}"]`, `  ${id} -.-> ${id}r`, `  class ${id}r rest`];
}

function linesOf({
  type,
  relation,
  index,
  condition,
  rows,
  loops,
  exclusiveCost,
}: ReviewedNode): readonly string[] {
  const times = loops > 1.5 ? `, ${formatCount(loops)} times` : '';
  return [
    type,
    ...(relation === null ? [] : [`on ${relation}`]),
    ...(index === null ? [] : [`using ${index}`]),
    ...(condition === null || relation !== null ? [] : [condition]),
    `cost ${formatCount(exclusiveCost)}, ${plural(rows, 'row')}${times}`,
  ];
}

/**
 * Text that Mermaid shows as it is, line below line. Everything but letters, digits and a few marks is written as
 * the number of its character, which Mermaid decodes after it has parsed the chart (its documentation, "Entity codes
 * to escape characters"), into HTML that shows it and does nothing else.
 */
export function label(lines: readonly string[]): string {
  return lines.map((line) => [...inert(cut(line))].map(entity).join('')).join('<br>');
}

/**
 * What Mermaid reads once more in a label that it has decoded (Markdown, links, icons, formulas, and its own marks for
 * entities), each with a character that looks alike and is only shown.
 */
const lookalikes: readonly (readonly [RegExp, string])[] = [
  [/\\/g, '\u2216'],
  [/`/g, '\u02cb'],
  [/\*/g, '\u2217'],
  [/~/g, '\u223c'],
  [/(?<![a-z0-9])_|_(?![a-z0-9])/gi, '\u02cd'], // emphasis, but not inside a word
  [/(?<!:):(?!:)/g, '\u2236'], // http://, fa:fa-ban
  [/(?<=www)\./gi, '\u2024'],
  [/(?<=\w)@(?=\w)/g, '\uff20'],
  [/(?<=\$)\$/g, '\uff04'],
  [/°/g, '\u00ba'],
  [/¶/g, '\u00a7'],
];

function inert(line: string): string {
  return lookalikes.reduce((text, [mark, lookalike]) => text.replaceAll(mark, lookalike), line);
}

function entity(character: string): string {
  if (/^[A-Za-z0-9 ,.…]$/.test(character)) return character;
  return `#${character.codePointAt(0)};`;
}

function cut(line: string): string {
  const text = visible(line.replaceAll(/\s+/g, ' ').toWellFormed());
  const characters = [...text];
  return characters.length > longestLine ? `${characters.slice(0, longestLine - 1).join('')}…` : text;
}
