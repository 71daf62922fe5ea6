import type { Severity } from '../model/insight.ts';
import type { SandboxKind } from '../model/server.ts';

/** From which value on something is of a severity. A severity that is missing is never reached. */
export type Levels = Readonly<Partial<Record<Exclude<Severity, 'healthy'>, number>>>;

export type FailOn = 'critical' | 'high' | 'medium' | 'low' | 'never';

/** What somebody states about a column. Null: not stated. */
interface DeclaredColumn {
  /** Number of different values. */
  readonly distinct: number | null;
  /** Share of NULLs, 0 to 1. */
  readonly nulls: number | null;
  /** Average bytes of a value. */
  readonly width: number | null;
  /** Physical against logical order of the rows, -1 to 1. */
  readonly correlation: number | null;
  /** Shares of the most common values. */
  readonly common: Readonly<Record<string, number>>;
}

/** What somebody states about a table. */
export interface DeclaredTable {
  readonly rows: number;
  /** Average bytes of a row's columns, or null. */
  readonly width: number | null;
  readonly columns: Readonly<Record<string, DeclaredColumn>>;
}

/** Sizes that somebody states, by table name, with or without its schema. */
export type Declared = Readonly<Record<string, DeclaredTable>>;

/** Everything that decides how a review is made, complete, from the command line, the file and defaults. */
export interface Config {
  readonly migrations: string;
  readonly workload: readonly string[];
  readonly comparison:
    | { readonly kind: 'named'; readonly files: readonly string[] }
    | { readonly kind: 'git'; readonly base: string | null };
  readonly sandbox: SandboxKind;
  readonly postgresVersion: number;
  readonly image: string;
  readonly tables: Declared;
  readonly assumedRows: number;
  readonly failOn: FailOn;
  readonly minScore: number | null;
  /** Longest that one statement may run, in milliseconds. */
  readonly limitMs: number;
  readonly rulesOff: ReadonlySet<string>;
  readonly thresholds: Readonly<Record<string, Levels>>;
}

/** What the command line or the Action's inputs say; what they leave out comes from the file. */
export interface Overrides {
  readonly migrations: string | null;
  readonly workload: readonly string[];
  readonly comparison: Config['comparison'];
  readonly sandbox: SandboxKind | null;
  readonly postgresVersion: number | null;
  readonly image: string | null;
  readonly failOn: FailOn | null;
  readonly minScore: number | null;
}

export const defaults = {
  migrations: 'migrations',
  postgresVersion: 18,
  assumedRows: 1_000_000,
  failOn: 'high',
  limitMs: 60_000,
} as const;
