import type { CapturedQuery, Origin, Query } from '../model/query.ts';
import type { Unchecked } from '../model/review.ts';
import { walk } from '../sql/expression.ts';
import { fingerprintOf } from '../sql/fingerprint.ts';
import { parse } from '../sql/grammar.ts';
import { kindOf, nodeType } from '../sql/kind.ts';
import { CaptureWindow } from './window.ts';

/** What one text of a capture is; worked out once for each text. */
type Recognised =
  | { readonly kind: 'query'; readonly fingerprint: string; readonly parameterCount: number }
  | { readonly kind: 'set apart' }
  | { readonly kind: 'unchecked'; readonly reason: string };

interface Gathering {
  readonly first: CapturedQuery;
  readonly parameterCount: number;
  calls: number;
  params: readonly unknown[] | null;
  readonly origins: Map<string, Origin>;
}

/** Texts whose recognition is remembered; a capture repeats few texts often. */
const rememberedTexts = 20_000;

/** Gathers captured executions by query shape. */
export class Aggregation {
  readonly #recognised = new Map<string, Recognised>();
  readonly #queries = new Map<string, Gathering>();
  readonly #unchecked = new Map<string, Unchecked>();
  readonly #window = new CaptureWindow();

  add(captured: CapturedQuery): void {
    const recognised = this.#recognise(captured.sql);
    switch (recognised.kind) {
      case 'query':
        this.#gather(captured, recognised);
        this.#window.add(captured);
        return;
      case 'unchecked':
        this.skip({ subject: subjectOf(captured), reason: recognised.reason });
        return;
      case 'set apart':
        return;
      default:
        recognised satisfies never;
    }
  }

  skip(unchecked: Unchecked): void {
    this.#unchecked.set(`${unchecked.subject}\0${unchecked.reason}`, unchecked);
  }

  get queries(): readonly Query[] {
    return [...this.#queries].map(([key, { first, parameterCount, calls, params, origins }]) => ({
      fingerprint: key,
      sql: first.sql,
      name: first.name,
      calls,
      parameterCount,
      params,
      origins: [...origins.values()],
    }));
  }

  /** How long the capture lasted; null where not every execution tells when it began. */
  get milliseconds(): number | null {
    return this.#window.milliseconds;
  }

  get unchecked(): readonly Unchecked[] {
    return [...this.#unchecked.values()];
  }

  #gather(
    captured: CapturedQuery,
    { fingerprint: key, parameterCount }: Extract<Recognised, { kind: 'query' }>,
  ): void {
    const known = this.#queries.get(key);
    const gathering: Gathering = known ?? {
      first: captured,
      parameterCount,
      calls: 0,
      params: null,
      origins: new Map(),
    };
    gathering.calls += captured.calls;
    // Values belong to the text that they were captured with: another text may number them differently.
    if (captured.sql === gathering.first.sql) gathering.params ??= captured.params;
    gathering.origins.set(JSON.stringify(captured.origin), captured.origin);
    if (known === undefined) this.#queries.set(key, gathering);
  }

  #recognise(sql: string): Recognised {
    const known = this.#recognised.get(sql);
    if (known !== undefined) return known;
    const recognised = recognise(sql);
    if (this.#recognised.size >= rememberedTexts) this.#recognised.clear();
    this.#recognised.set(sql, recognised);
    return recognised;
  }
}

function recognise(sql: string): Recognised {
  const parsed = parse(sql);
  if (parsed.kind === 'unreadable') return { kind: 'unchecked', reason: parsed.problem.message };
  const [first, second] = parsed.value.stmts ?? [];
  if (first?.stmt === undefined) return { kind: 'unchecked', reason: 'holds no statement' };
  if (second !== undefined)
    return { kind: 'unchecked', reason: 'holds several statements; capture each by itself' };
  switch (kindOf(first.stmt)) {
    case 'transaction control':
    case 'session':
      return { kind: 'set apart' };
    case 'other':
      return { kind: 'unchecked', reason: `is no query that can be planned (${nodeType(first.stmt)})` };
    default:
      return {
        kind: 'query',
        fingerprint: fingerprintOf(first.stmt),
        parameterCount: highestParameter(first.stmt),
      };
  }
}

function highestParameter(statement: unknown): number {
  let highest = 0;
  for (const node of walk(statement)) {
    if ('ParamRef' in node) highest = Math.max(highest, node.ParamRef.number ?? 0);
  }
  return highest;
}

/** How a query without a name is called in a list: where it comes from, or how it begins. */
export function subjectOf({ sql, name, origin }: Pick<CapturedQuery, 'sql' | 'name' | 'origin'>): string {
  const place =
    origin.file === null ? null : `${origin.file}${origin.line === null ? '' : `:${origin.line}`}`;
  const text = sql.replaceAll(/\s+/g, ' ').trim();
  return name ?? origin.route ?? place ?? (text.length > 80 ? `${text.slice(0, 79)}…` : text);
}
