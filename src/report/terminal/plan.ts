import stringWidth from 'string-width';
import type { ReviewedNode } from '../../model/reviewed-plan.ts';
import { costlyPath, pruned } from '../../plans/pruned.ts';
import { formatCount, plural } from '../wording.ts';
import { type Colors, pad, printable } from './layout.ts';

/** Lines that a plan takes at most, but for those that count what is left out. */
const mostNodes = 12;

/**
 * A plan as a tree, the cost of each node by itself at the left. Marked with `▸` is the way along which most of the
 * cost is spent, and in words what is not as at base.
 */
export function planTree(plan: ReviewedNode, colors: Colors, width: number, indent: number): string {
  const root = pruned(plan, mostNodes);
  const path = costlyPath(root);
  const lines = linesOf(root, 0, path);
  const costWidth = Math.max(4, ...lines.map(({ cost }) => cost.length));
  const left = Math.max(10, width - indent - costWidth - 3);
  const head = `${' '.repeat(indent)}${colors.dim(pad('cost', costWidth, 'right'))}`;
  const shown = lines.map(({ cost, text, remark, look }) => {
    const tree = `${cut(text, Math.max(1, left - stringWidth(remark)))}${remark}`;
    const mark = look === 'plain' || look === 'rest' ? ' ' : '▸';
    return `${' '.repeat(indent)}${pad(cost, costWidth, 'right')} ${mark} ${paint(colors, look)(tree)}`;
  });
  return [head, ...shown].join('\n');
}

interface Line {
  readonly cost: string;
  readonly text: string;
  /** Stands where the text is cut, too. */
  readonly remark: string;
  readonly look: 'plain' | 'costly' | 'cause' | 'rest';
}

function linesOf(node: ReviewedNode, depth: number, path: ReadonlySet<ReviewedNode>): readonly Line[] {
  const { exclusiveCost, mark, leftOut, children } = node;
  const margin = '  '.repeat(depth);
  const remark = mark === 'cause' ? ' ← grew most' : mark === 'changed' ? ' ← changed' : '';
  const isCause = mark === 'cause';
  return [
    {
      cost: formatCount(exclusiveCost),
      text: `${margin}${printable(describe(node))}`,
      remark,
      look: path.has(node) ? (isCause ? 'cause' : 'costly') : 'plain',
    },
    ...children.flatMap((child) => linesOf(child, depth + 1, path)),
    ...(leftOut === null
      ? []
      : [
          {
            cost: formatCount(leftOut.cost),
            text: `${margin}  … ${plural(leftOut.nodes, 'more node')}`,
            remark: '',
            look: 'rest' as const,
          },
        ]),
  ];
}

function describe({ type, relation, index, rows, loops }: ReviewedNode): string {
  const using = index === null ? '' : ` using ${index}`;
  const on = relation === null ? '' : ` on ${relation}`;
  const times = loops > 1.5 ? ` × ${formatCount(loops)}` : '';
  return `${type}${using}${on} (${plural(rows, 'row')}${times})`;
}

function paint(colors: Colors, look: Line['look']): (text: string) => string {
  switch (look) {
    case 'cause':
      return (text) => colors.bold(colors.red(text));
    case 'costly':
      return colors.bold;
    case 'rest':
      return colors.dim;
    case 'plain':
      return (text) => text;
    default:
      return look satisfies never;
  }
}

/** Cuts a text to so many columns. */
function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  const characters = [...text];
  while (stringWidth(characters.join('')) > width - 1) characters.pop();
  return `${characters.join('')}…`;
}
