import { isMap, isSeq, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { CannotReview, type Location, type Problem, problem } from '../model/problem.ts';
import type { SandboxKind } from '../model/server.ts';
import { namesRule } from '../model/suppression.ts';
import { type Config, type Declared, defaults, type Levels, type Overrides } from './config.ts';
import { toSuppression } from './ignore.ts';
import { type Environment, resolveSandbox } from './sandbox.ts';
import { type ConfigFile, configSchema } from './schema.ts';

/** What the configuration may name: the rules, and those with thresholds. */
export interface KnownNames {
  readonly rules: ReadonlySet<string>;
  readonly thresholds: ReadonlySet<string>;
}

/**
 * Reads the text of a configuration file.
 *
 * @throws CannotReview with every mistake in it, each at its line.
 */
export function readConfigFile(file: string, text: string, known: KnownNames): ConfigFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineOf = (offset: number) => lines.linePos(offset).line;
  if (document.errors.length > 0) {
    throw new CannotReview(
      document.errors.map(({ message, pos }) =>
        problem(`not valid YAML: ${message.split('\n')[0]}`, null, { file, line: lineOf(pos[0]) }),
      ),
    );
  }
  const parsed = configSchema.safeParse(document.toJS() ?? {});
  const place = (path: readonly PropertyKey[]) => {
    const offset = offsetOf(document.contents, path);
    return { file, line: offset === null ? null : lineOf(offset) };
  };
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) => problemsOf(issue, place));
    throw new CannotReview(problems.toSorted((a, b) => (a.location?.line ?? 0) - (b.location?.line ?? 0)));
  }
  const { ignore = [], ...rest } = parsed.data;
  const lineOfEntry = (index: number) => place(['ignore', index]).line ?? 1;
  const config = {
    ...rest,
    ignore: ignore.map((entry, index) => toSuppression(entry, { file, line: lineOfEntry(index) })),
  };
  const unknown = unknownNames(config, known, place);
  if (unknown.length > 0) throw new CannotReview(unknown);
  return config;
}

type Place = (path: readonly PropertyKey[]) => Location;

function problemsOf(issue: z.core.$ZodIssue, place: Place): readonly Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      problem(
        `unknown key "${[...issue.path, key].join('.')}"`,
        'docs/configuration.md lists the keys',
        place([...issue.path, key]),
      ),
    );
  }
  // The reasons of a union's members say nothing that its own message does not.
  return [problem(`${issue.path.join('.')}: ${issue.message}`, null, place(issue.path))];
}

function unknownNames(config: ConfigFile, known: KnownNames, place: Place): readonly Problem[] {
  const check = (key: 'rules' | 'thresholds') =>
    Object.keys(config[key] ?? {})
      .filter((id) => !known[key].has(id))
      .map((id) => noSuchRule(key, id, place([key, id])));
  const ignored = (config.ignore ?? [])
    .filter(({ rule }) => ![...known.rules].some((id) => namesRule(rule, id)))
    .map(({ rule, location }) => noSuchRule('ignore', rule, location));
  return [...check('rules'), ...check('thresholds'), ...ignored];
}

function noSuchRule(key: string, id: string, location: Location): Problem {
  return problem(`${key}: there is no rule "${id}"`, '`pg-guardrails rules` lists them', location);
}

/** Where a key or an item stands in the text; that of the nearest parent where the key itself is missing. */
function offsetOf(contents: unknown, path: readonly PropertyKey[]): number | null {
  let node: unknown = contents;
  let offset: number | null = null;
  for (const key of path) {
    if (isSeq(node)) {
      node = node.items[Number(key)];
      offset = startOf(node) ?? offset;
      continue;
    }
    if (!isMap(node)) return offset;
    const pair = node.items.find((item) => String(item.key) === String(key));
    if (pair === undefined) return offset;
    offset = startOf(pair.key) ?? offset;
    node = pair.value;
  }
  return offset;
}

function startOf(node: unknown): number | null {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
    ? Number(node.range[0])
    : null;
}

/** Puts command line, file and defaults together, in that order of precedence. */
export function resolveConfig(
  file: ConfigFile,
  overrides: Overrides,
  defaultSandbox: SandboxKind,
  environment: Environment = {},
): Config {
  const postgresVersion = overrides.postgresVersion ?? file.postgres?.version ?? defaults.postgresVersion;
  return {
    migrations: overrides.migrations ?? file.migrations ?? null,
    layout: overrides.layout ?? file.layout ?? null,
    placeholders: file.placeholders ?? {},
    schema: schemaOf(file, overrides),
    migrateCommand: overrides.migrateCommand ?? file['migrate-command'] ?? null,
    captureCommand: overrides.captureCommand ?? file['capture-command'] ?? null,
    callSites: file['call-sites'] ?? true,
    captureSchema: overrides.emptyDatabase ? 'empty' : (file.capture?.database ?? 'migrated'),
    captureBase: overrides.captureBase || (file.capture?.base ?? false),
    environment: { ...file.environment, ...overrides.environment },
    workload: overrides.workload.length > 0 ? overrides.workload : (file.workload ?? []),
    baseWorkload: overrides.baseWorkload.length > 0 ? overrides.baseWorkload : (file['base-workload'] ?? []),
    positionalResults: file['positional-results'] ?? false,
    seed: overrides.seed ?? file.seed ?? null,
    comparison: overrides.comparison,
    ...resolveSandbox(file, overrides, defaultSandbox, environment),
    execute: overrides.execute,
    postgresVersion,
    productionVersion: file.postgres?.production ?? null,
    image: overrides.image ?? file.postgres?.image ?? `postgres:${postgresVersion}`,
    statistics: overrides.statistics ?? file.statistics ?? null,
    planner: file.planner ?? {},
    tables: declaredTables(file),
    assumedRows: file.assume?.rows ?? defaults.assumedRows,
    throughput: throughputOf(file),
    pool: file.pool ?? null,
    captureMs: file.capture?.duration ?? null,
    failOn: overrides.failOn ?? file['fail-on'] ?? defaults.failOn,
    minScore: overrides.minScore ?? file['min-score'] ?? null,
    limitMs: file.limits?.statement ?? defaults.limitMs,
    executionLimitMs: file.limits?.execution ?? defaults.executionLimitMs,
    commandLimitMs: file.limits?.command ?? defaults.commandLimitMs,
    switches: file.rules ?? {},
    suppressions: file.ignore ?? [],
    thresholds: thresholdsOf(file),
  };
}

function throughputOf({ throughput = {} }: ConfigFile): Config['throughput'] {
  const { read, write, 'index-rows': indexRows, 'changed-rows': changedRows } = throughput;
  const { 'round-trip': roundTrip, commit } = throughput;
  return {
    ...(read === undefined ? {} : { read }),
    ...(write === undefined ? {} : { write }),
    ...(indexRows === undefined ? {} : { indexRows }),
    ...(changedRows === undefined ? {} : { changedRows }),
    ...(roundTrip === undefined ? {} : { roundTrip }),
    ...(commit === undefined ? {} : { commit }),
  };
}

/** Who names migrations at the command line wants them, whatever file the configuration names. */
function schemaOf(file: ConfigFile, { schema, migrations }: Overrides): string | null {
  return schema ?? (migrations === null ? (file.schema ?? null) : null);
}

function declaredTables(file: ConfigFile): Declared {
  return Object.fromEntries(
    Object.entries(file.tables ?? {}).map(([name, { rows, width: rowWidth, columns }]) => [
      name,
      {
        rows,
        width: rowWidth ?? null,
        columns: Object.fromEntries(
          Object.entries(columns ?? {}).map(([column, { distinct, nulls, width, correlation, common }]) => [
            column,
            {
              distinct: distinct ?? null,
              nulls: nulls ?? null,
              width: width ?? null,
              correlation: correlation ?? null,
              common: common ?? {},
            },
          ]),
        ),
      },
    ]),
  );
}

function thresholdsOf(file: ConfigFile): Readonly<Record<string, Levels>> {
  return Object.fromEntries(
    Object.entries(file.thresholds ?? {}).map(([id, { low, medium, high, critical }]) => [
      id,
      {
        ...(low === undefined ? {} : { low }),
        ...(medium === undefined ? {} : { medium }),
        ...(high === undefined ? {} : { high }),
        ...(critical === undefined ? {} : { critical }),
      },
    ]),
  );
}
