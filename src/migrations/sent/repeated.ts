import type { Migration } from '../../model/migration.ts';
import { fingerprintOf } from '../../sql/fingerprint.ts';
import { statementsOf } from '../../sql/statements.ts';

/** A statement that a migration sends again and again, with other values. */
export interface RepeatedStatement {
  readonly path: string;
  readonly version: string;
  readonly fingerprint: string;
  /** As it was sent the first time. */
  readonly sql: string;
  /** How often it was sent: 2 or more. */
  readonly count: number;
}

/** What migrations send more than once each, the most frequent first. */
export function repeatedStatements(migrations: readonly Migration[]): readonly RepeatedStatement[] {
  return migrations.flatMap(({ path, version, text }) => {
    const parsed = statementsOf(text);
    const statements = parsed.kind === 'parsed' ? parsed.value : [];
    const byShape = Map.groupBy(statements, ({ node }) => fingerprintOf(node));
    return [...byShape]
      .flatMap(([fingerprint, [first, ...others]]) =>
        first === undefined || others.length === 0
          ? []
          : [{ path, version, fingerprint, sql: first.sql, count: others.length + 1 }],
      )
      .toSorted((a, b) => b.count - a.count);
  });
}
