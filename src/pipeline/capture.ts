import { commandEnvironment } from '../command/environment.ts';
import { passThrough } from '../command/pass-through.ts';
import type { Config } from '../config/config.ts';
import type { Sandbox } from '../model/server.ts';
import type { SandboxOptions } from '../sandbox/start.ts';
import { recordStatements } from '../workload/capture/record.ts';
import { writeWorkload } from '../workload/capture/write.ts';
import { buildBase } from './base.ts';
import { readSource } from './source.ts';

/** A program that sends queries, and where they are to be written. */
export interface CaptureRequest {
  readonly argv: readonly string[];
  /** Path of the workload file. */
  readonly output: string;
  /** Whether the database has the project's schema when the program starts, or is empty. */
  readonly schema: 'migrated' | 'empty';
}

/** What capturing needs of the world outside. */
export interface CapturePorts {
  readonly root: string;
  readonly signal: AbortSignal;
  readonly progress: (step: string) => void;
  readonly startSandbox: (options: SandboxOptions) => Promise<Sandbox>;
}

export interface Captured {
  /** Exit status of the program. */
  readonly status: number;
  /** Executions in the workload file. */
  readonly executions: number;
}

/** Database that the program finds in its environment. */
const database = 'app';

/**
 * Runs a program with a database of the sandbox in its environment, and writes down what it sends.
 *
 * @throws CannotReview where the schema cannot be built, or there is no such program.
 */
export async function capture(
  { argv, output, schema }: CaptureRequest,
  config: Config,
  ports: CapturePorts,
): Promise<Captured> {
  ports.progress(`starting PostgreSQL ${config.postgresVersion}`);
  const { sandbox: kind, postgresVersion: major, image, limitMs } = config;
  await using sandbox = await ports.startSandbox({
    kind,
    url: null,
    major,
    image,
    limitMs,
    forTools: true,
    signal: ports.signal,
  });
  const template = schema === 'empty' ? undefined : await buildSchema(sandbox, config, ports);
  await sandbox.createDatabase(database, template);
  ports.progress(`running ${argv.join(' ')}`);
  const env = commandEnvironment(process.env, sandbox.address(database));
  const { result: status, statements } = await recordStatements(sandbox, database, () =>
    passThrough({ argv, cwd: ports.root, env }),
  );
  return { status, executions: await writeWorkload(output, statements) };
}

/** All migrations of the working tree, in a database that serves as a template. */
async function buildSchema(
  sandbox: Sandbox,
  config: Config,
  { root, signal, progress }: CapturePorts,
): Promise<string> {
  progress('applying the migrations');
  const named: Config = { ...config, comparison: { kind: 'named', files: [] } };
  const base = await buildBase(sandbox, await readSource(named, { root, signal, progress }));
  return base.state.name;
}
