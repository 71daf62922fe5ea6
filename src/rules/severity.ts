import type { Levels } from '../config/config.ts';
import type { Severity } from '../model/insight.ts';

const worstFirst = ['critical', 'high', 'medium', 'low'] as const;

/** The worst severity whose level a value reaches; healthy where it reaches none. */
export function severityAt(levels: Levels, value: number): Severity {
  return worstFirst.find((severity) => value >= (levels[severity] ?? Number.POSITIVE_INFINITY)) ?? 'healthy';
}

const order: readonly Severity[] = ['healthy', 'low', 'medium', 'high', 'critical'];

/** Negative where the first is the milder. */
export function compareSeverity(a: Severity, b: Severity): number {
  return order.indexOf(a) - order.indexOf(b);
}

/** The milder of two severities. */
export function milder(a: Severity, b: Severity): Severity {
  return compareSeverity(a, b) <= 0 ? a : b;
}

/** One step up, for what makes a finding worse than its figure; healthy stays healthy. */
export function worse(severity: Severity): Severity {
  return severity === 'healthy' ? 'healthy' : (order[order.indexOf(severity) + 1] ?? 'critical');
}

/** One step down; what is low stays worth a remark, and healthy stays healthy. */
export function lighter(severity: Severity): Severity {
  return severity === 'healthy' || severity === 'low'
    ? severity
    : (order[order.indexOf(severity) - 1] ?? 'low');
}

/** Of findings of one identity the most severe, the first of them where several are. */
export function mostSevere<T extends { readonly severity: Severity; readonly identity: readonly string[] }>(
  findings: readonly T[],
): readonly T[] {
  const groups = Map.groupBy(findings, ({ identity }) => identity.join('\0'));
  return [...groups.values()].flatMap((alike) =>
    alike.toSorted((a, b) => compareSeverity(b.severity, a.severity)).slice(0, 1),
  );
}

/** The worst of some severities. */
export function worstOf(severities: readonly Severity[]): Severity {
  return severities.toSorted((a, b) => compareSeverity(b, a))[0] ?? 'healthy';
}
