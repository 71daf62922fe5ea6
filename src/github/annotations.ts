import { error, notice, warning } from '@actions/core';

const annotationLevels = ['error', 'warning', 'notice'] as const;
type AnnotationLevel = (typeof annotationLevels)[number];

/** A remark that GitHub shows at a line of the diff, and in the log. */
export interface Annotation {
  readonly level: AnnotationLevel;
  readonly title: string;
  readonly message: string;
  /** From the top of the repository; null for a remark on the whole. */
  readonly place: { readonly file: string; readonly line: number; readonly endLine: number } | null;
}

/** GitHub keeps this many of each level from one step (`_maxCountPerIssueType` of the runner). */
const mostPerLevel = 10;

export interface AnnotationPlan {
  readonly shown: readonly Annotation[];
  /** How many more there are of each level that has more. */
  readonly hidden: readonly { readonly level: AnnotationLevel; readonly count: number }[];
}

/**
 * Takes as many annotations of each level as GitHub shows.
 *
 * @param annotations worst first
 */
export function planAnnotations(annotations: readonly Annotation[]): AnnotationPlan {
  const byLevel = annotationLevels.map((level) => ({
    level,
    all: annotations.filter((each) => each.level === level),
  }));
  return {
    shown: byLevel.flatMap(({ all }) => all.slice(0, mostPerLevel)),
    hidden: byLevel
      .map(({ level, all }) => ({ level, count: all.length - mostPerLevel }))
      .filter(({ count }) => count > 0),
  };
}

const commands = { error, warning, notice } as const;

/** Prints annotations as workflow commands, in which the toolkit escapes what could start another command. */
export function annotate(annotations: readonly Annotation[]): void {
  for (const { level, title, message, place } of annotations) {
    const properties =
      place === null ? {} : { file: place.file, startLine: place.line, endLine: place.endLine };
    commands[level](message, { title, ...properties });
  }
}
