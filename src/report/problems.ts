import type { Problem } from '../model/problem.ts';

/** Problems as lines of text: where, what, and below it what to do. */
export function renderProblems(problems: readonly Problem[]): string {
  return problems.map(renderProblem).join('\n');
}

function renderProblem({ message, location, hint }: Problem): string {
  const line = location?.line ?? null;
  const place = location === null ? '' : `${location.file}${line === null ? '' : `:${line}`}: `;
  return `${place}${message}${hint === null ? '' : `\n  ${hint.replaceAll('\n', '\n  ')}`}`;
}
