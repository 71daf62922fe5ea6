import type { Severity } from '../../model/insight.ts';
import { figure, join, md, type Safe, text } from './safe.ts';

/** Parts that Markdown reports are made of. */

export const severityMarks: Readonly<Record<Severity, string>> = {
  critical: '🔴',
  high: '🟠',
  medium: '🟡',
  low: '🔵',
  healthy: '🟢',
};

export function severityLabel(severity: Severity): Safe {
  return md`${text(severityMarks[severity])}&nbsp;${text(severity)}`;
}

export type Alignment = 'left' | 'right';

/** A table; every cell is one line, since all safe text is. */
export function table(
  columns: readonly (readonly [title: string, alignment: Alignment])[],
  rows: readonly (readonly Safe[])[],
): Safe {
  const line = (cells: readonly Safe[]) => md`| ${join(cells, ' | ')} |`;
  const rule = columns.map(([, alignment]) => (alignment === 'right' ? md`--:` : md`:--`));
  return join([line(columns.map(([title]) => text(title))), line(rule), ...rows.map(line)], '\n');
}

/** Something folded away behind its summary. The empty lines make GitHub read the inside as Markdown. */
export function details(summary: Safe, inside: readonly Safe[]): Safe {
  return md`<details><summary>${summary}</summary>

${join(inside, '\n\n')}

</details>`;
}

export function bold(inside: Safe): Safe {
  // By HTML, since it must hold inside a summary too.
  return md`<b>${inside}</b>`;
}

export function small(inside: Safe): Safe {
  return md`<sub>${inside}</sub>`;
}

/** What is done one after the other. */
export function steps(items: readonly Safe[]): Safe {
  return join(
    items.map((item, index) => md`${figure(index + 1)}. ${item}`),
    '\n',
  );
}

export function list(items: readonly Safe[]): Safe {
  return join(
    items.map((item) => md`- ${item}`),
    '\n',
  );
}
