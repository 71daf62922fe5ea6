import type { Throughput } from '../model/estimate.ts';
import type { Severity } from '../model/insight.ts';
import type { SandboxKind } from '../model/server.ts';
import type { Suppression } from '../model/suppression.ts';

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
  /** Folder of the migrations; null where it is to be found. */
  readonly migrations: string | null;
  /** Name of the migration tool; null where it is to be found. */
  readonly layout: string | null;
  /** Values of placeholders in migrations, by name. */
  readonly placeholders: Readonly<Record<string, string>>;
  /** File that holds the whole schema, in place of migrations; null where there is none. */
  readonly schema: string | null;
  /** What runs the migrations, where they are not files of SQL, or null. */
  readonly migrateCommand: string | null;
  /** What sends queries that join the workload, or null. */
  readonly captureCommand: string | null;
  /** Whether programs that are captured tell which of their lines send queries. */
  readonly callSites: boolean;
  /** Whether the database of a program that is captured has the project's schema when it starts, or is empty. */
  readonly captureSchema: 'migrated' | 'empty';
  /** Whether the capture command runs at the base as well. */
  readonly captureBase: boolean;
  /** Further variables of the environment of commands, by name: texts with placeholders of the connection. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workload: readonly string[];
  /** Files with what the base was captured to send; empty where nobody names any. */
  readonly baseWorkload: readonly string[];
  /** Services that take the columns of a result by their position; all of them, or none. */
  readonly positionalResults: boolean | readonly string[];
  /** SQL file with the rows that the base holds; null for rows that are made up. */
  readonly seed: string | null;
  readonly comparison:
    | { readonly kind: 'named'; readonly files: readonly string[] }
    | { readonly kind: 'git'; readonly base: string | null };
  readonly sandbox: SandboxKind;
  /** URL of the external server, which may hold a password; null of other sandboxes. */
  readonly serverUrl: string | null;
  /** Whether captured queries are run, reading only, on the database that the URL names. */
  readonly execute: boolean;
  readonly postgresVersion: number;
  /** Exact version that production runs, or null where nobody says. */
  readonly productionVersion: string | null;
  readonly image: string;
  /** File of production's statistics; null where there is none. */
  readonly statistics: string | null;
  /** Planner settings of production, by name. */
  readonly planner: Readonly<Record<string, string>>;
  readonly tables: Declared;
  readonly assumedRows: number;
  /** What production manages, as far as it is stated. */
  readonly throughput: Partial<Throughput>;
  /** Connections of the application's pool, or null. */
  readonly pool: number | null;
  /** How long the capture of the workload lasted, in milliseconds; null where the workload itself is to tell. */
  readonly captureMs: number | null;
  readonly failOn: FailOn;
  readonly minScore: number | null;
  /** Longest that one statement may run, in milliseconds. */
  readonly limitMs: number;
  /** Longest that a captured query may run, in milliseconds. */
  readonly executionLimitMs: number;
  /** Longest that a command of the project may run, in milliseconds. */
  readonly commandLimitMs: number;
  /** Rules that somebody switches on or off, by id. */
  readonly switches: Readonly<Record<string, 'on' | 'off'>>;
  readonly suppressions: readonly Suppression[];
  readonly thresholds: Readonly<Record<string, Levels>>;
}

/** What the command line or the Action's inputs say; what they leave out comes from the file. */
export interface Overrides {
  readonly migrations: string | null;
  readonly layout: string | null;
  readonly schema: string | null;
  readonly migrateCommand: string | null;
  readonly captureCommand: string | null;
  readonly emptyDatabase: boolean;
  readonly captureBase: boolean;
  readonly environment: Readonly<Record<string, string>>;
  readonly workload: readonly string[];
  readonly baseWorkload: readonly string[];
  readonly seed: string | null;
  readonly statistics: string | null;
  readonly comparison: Config['comparison'];
  readonly sandbox: SandboxKind | null;
  /** URL of a server; null unless the sandbox is external. */
  readonly serverUrl: string | null;
  readonly execute: boolean;
  readonly postgresVersion: number | null;
  readonly image: string | null;
  readonly failOn: FailOn | null;
  readonly minScore: number | null;
}

export const defaults = {
  postgresVersion: 18,
  assumedRows: 1_000_000,
  failOn: 'high',
  limitMs: 60_000,
  executionLimitMs: 5_000,
  commandLimitMs: 600_000,
} as const;
