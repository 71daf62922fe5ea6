import { commandEnvironment } from '../command/environment.ts';
import { passThrough } from '../command/pass-through.ts';
import type { Config } from '../config/config.ts';
import { CannotReview, problem } from '../model/problem.ts';
import type { Sandbox } from '../model/server.ts';
import type { SandboxOptions } from '../sandbox/start.ts';
import { recordStatements } from '../workload/capture/record.ts';
import { WatchedPrograms } from './call-sites.ts';
import { createMigrated } from './capture-schema.ts';

/** A program that sends queries, and where they are to be written. */
export interface CaptureRequest {
  readonly argv: readonly string[];
  /** Path of the workload file. */
  readonly output: string;
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
 * @throws CannotReview where the schema cannot be built, there is no such program, or the server is somebody's.
 */
export async function capture(
  { argv, output }: CaptureRequest,
  config: Config,
  ports: CapturePorts,
): Promise<Captured> {
  refuseLentServer(config);
  ports.progress(`starting PostgreSQL ${config.postgresVersion}`);
  const { sandbox: kind, postgresVersion: major, image, limitMs, captureSchema: schema } = config;
  // The program is asked to end before the server is: it may have to clean up.
  const server = new AbortController();
  const stopServer = () => server.abort(ports.signal.reason);
  ports.signal.addEventListener('abort', stopServer);
  await using sandbox = await ports.startSandbox({
    kind,
    url: null,
    major,
    image,
    limitMs,
    forTools: true,
    signal: server.signal,
  });
  if (schema === 'empty') await sandbox.createDatabase(database);
  else await createMigrated(sandbox, database, config, ports);
  ports.progress(`running ${argv.join(' ')}`);
  await using programs = await WatchedPrograms.begin(config.callSites);
  const env = programs.environment(
    commandEnvironment(process.env, sandbox.address(database), null, config.environment),
  );
  const { result: status, executions } = await recordStatements(
    sandbox,
    { database, schema, file: output, findPlaces: (logged) => programs.places(logged, ports.root) },
    async () => {
      ports.signal.throwIfAborted();
      ports.signal.removeEventListener('abort', stopServer);
      const ended = await passThrough({ argv, cwd: ports.root, env });
      ports.signal.throwIfAborted();
      return ended;
    },
  );
  return { status, executions };
}

/**
 * What is logged, and that the program is a superuser, is set for a whole server.
 *
 * @throws CannotReview where that is not ours.
 */
export function refuseLentServer({ sandbox }: Config): void {
  if (sandbox !== 'external') return;
  throw new CannotReview([
    problem(
      'queries are captured on a throw-away server only: a server of yours would have to log everything',
      'use --postgres embedded or container; or capture beforehand, and name the file with --workload',
    ),
  ]);
}
