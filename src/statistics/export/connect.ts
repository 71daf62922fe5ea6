import pg from 'pg';
import { hasCode } from '../../model/error-code.ts';
import { CannotReview, problem } from '../../model/problem.ts';

/** How long a server may take to answer, in milliseconds. */
const connectTimeoutMs = 10_000;

/**
 * Connects to a server that is not ours.
 *
 * @throws CannotReview where the address is none, or the server does not let us in. No message holds the password.
 */
export async function connect(url: string): Promise<pg.Client> {
  const target = targetOf(url);
  let refusal: unknown;
  for (const config of ways(target)) {
    const client = new pg.Client({
      ...config,
      application_name: 'pg-guardrails statistics export',
      connectionTimeoutMillis: connectTimeoutMs,
    });
    // A connection that is lost rejects the pending query; the event itself carries nothing more.
    client.on('error', () => {});
    try {
      await client.connect();
      return client;
    } catch (error) {
      refusal = error;
      await client.end().catch(() => {});
      if (!speaksNoTls(error)) break;
    }
  }
  throw new CannotReview([
    problem(
      `cannot connect to ${target.name}: ${withoutPassword(reasonOf(refusal), target.url)}`,
      'the URL is postgresql://USER:PASSWORD@HOST:PORT/DATABASE',
    ),
  ]);
}

interface Target {
  readonly url: URL;
  /** Host and database, for messages. */
  readonly name: string;
}

function targetOf(text: string): Target {
  // A socket's directory may stand in for the host, which leaves the authority empty; URL wants one.
  const url = URL.parse(
    text.trim().replace(/^(postgres(?:ql)?:\/\/(?:[^@/?#]*@)?)(?=[/?#]|$)/, '$1localhost'),
  );
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new CannotReview([
      problem(
        'the URL of the server is not one of PostgreSQL',
        'write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with special characters percent-encoded',
      ),
    ]);
  }
  const host = url.searchParams.get('host') ?? url.host;
  return { url, name: `${host}${decodeURIComponent(url.pathname)}` };
}

/**
 * As libpq has it: TLS if the server speaks it, where the URL does not say; and `sslmode` as libpq means it
 * (PostgreSQL documentation, "SSL Support", table "SSL Mode Descriptions").
 */
function ways({ url }: Target): readonly pg.ClientConfig[] {
  const given = new URL(url);
  const isSocket = given.searchParams.get('host')?.startsWith('/') === true;
  const mode = given.searchParams.get('sslmode') ?? process.env['PGSSLMODE'] ?? 'prefer';
  given.searchParams.delete('sslmode');
  const plain = { connectionString: given.href, ssl: false };
  if (isSocket || mode === 'disable') return [plain];
  if (mode === 'prefer' || mode === 'allow') {
    return [{ connectionString: given.href, ssl: { rejectUnauthorized: false } }, plain];
  }
  given.searchParams.set('sslmode', mode);
  given.searchParams.set('uselibpqcompat', 'true');
  return [{ connectionString: given.href }];
}

function speaksNoTls(error: unknown): boolean {
  return error instanceof Error && error.message.includes('does not support SSL connections');
}

function reasonOf(error: unknown): string {
  // Where a name has several addresses, the reasons are those of all.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  if (hasCode(error, 'ENOTFOUND')) return 'there is no such host';
  return error instanceof Error ? error.message : String(error);
}

function withoutPassword(text: string, { password, searchParams }: URL): string {
  return [password, decodeURIComponent(password), searchParams.get('password') ?? '']
    .filter((each) => each !== '')
    .reduce((left, secret) => left.replaceAll(secret, '***'), text);
}
