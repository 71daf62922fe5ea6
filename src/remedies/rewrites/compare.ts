import { type Session, StatementFailed } from '../../model/server.ts';
import type { SeedTable } from '../../seed/schema/tables.ts';
import type { DomainValues } from '../../seed/values/value.ts';
import { constantText } from '../../sql/comparisons.ts';
import { columnReference, walk } from '../../sql/expression.ts';
import type { Node } from '../../sql/grammar.ts';
import { comparable } from '../../sql/rewrite/ordered.ts';
import { functionName, type Select } from '../../sql/rewrite/tree.ts';
import { write } from '../../sql/rewrite/write.ts';
import { type ParameterTexts, parameterTexts, parameterTypes } from './parameters.ts';
import { type Comparison, compareOnRows, open, rowsOf } from './runs.ts';
import type { Stage } from './stage.ts';
import { type Constants, type Pools, poolsOf } from './values.ts';

/** A query and another form of it. */
export interface Forms {
  readonly original: Select;
  readonly rewritten: Select;
  /** Values of `$1`, `$2` ... of some executions. */
  readonly samples: readonly (readonly unknown[])[];
  /** Tables that they read. */
  readonly tables: readonly SeedTable[];
}

/**
 * Runs both forms on several populations of rows, each table empty in turn, with several values of the parameters.
 * Same are two forms whose results were the same each time, and not always one and the same.
 */
export async function compareResults({ session, domains }: Stage, forms: Forms): Promise<Comparison> {
  const varying = await volatileFunctions(session, forms.original);
  if (varying !== null) return open(`its result is another each time, since it calls \`${varying}\``);
  const pair = comparable(forms.original, forms.rewritten);
  if (pair === null) return open('the results of both forms could not be compared');
  try {
    const typesOf = (form: Select) =>
      parameterTypes(session, write({ SelectStmt: form }) ?? '', forms.tables);
    const types = await typesOf(forms.original);
    const others = await typesOf(forms.rewritten);
    if (types.map(({ sql }) => sql).join() !== others.map(({ sql }) => sql).join())
      return { kind: 'different' };
    const sets = await parameterTexts(session, { SelectStmt: forms.original }, types, forms.samples, domains);
    const constants = constantsOf(forms.original, sets);
    const pools = await poolsByTable(session, forms.tables, domains, constants);
    return await compareOnRows(session, { tables: forms.tables, pools, pair, sets });
  } catch (error) {
    if (error instanceof StatementFailed) return open(`it could not be run: ${error.message}`);
    throw error;
  }
}

/** The first function of a query that may return something else in each call, by its name. */
async function volatileFunctions(session: Session, query: Select): Promise<string | null> {
  const names = [...walk({ SelectStmt: query })].flatMap((node) => functionName(node) ?? []);
  const [row] = await session.query(
    "SELECT proname::text AS name FROM pg_catalog.pg_proc WHERE provolatile = 'v' AND proname = ANY($1::text[]) LIMIT 1",
    [names],
  );
  return row === undefined ? null : String(row['name']);
}

/** Constants that any column may have; more of them would leave none for the rest. */
const mostConstants = 10;

function constantsOf(query: Select, sets: readonly ParameterTexts[]): Constants {
  const nodes = [...walk({ SelectStmt: query })];
  const texts = (tree: Node): readonly string[] =>
    [...walk(tree)].flatMap((node) => {
      if (!('ParamRef' in node)) return constantText(node) ?? [];
      return sets.flatMap((set) => set[(node.ParamRef.number ?? 0) - 1] ?? []);
    });
  const pairs = nodes.flatMap((node) => {
    if (!('A_Expr' in node)) return [];
    const columns = [...walk(node)].flatMap((each) => columnReference(each)?.at(-1) ?? []);
    return columns.map((column) => ({ column, texts: texts(node) }));
  });
  return {
    all: [...new Set(texts({ SelectStmt: query }))].slice(0, mostConstants),
    comparedWith: (column) => [
      ...new Set(pairs.flatMap((pair) => (pair.column === column ? pair.texts : []))),
    ],
  };
}

async function poolsByTable(
  session: Session,
  tables: readonly SeedTable[],
  domains: DomainValues,
  constants: Constants,
): Promise<ReadonlyMap<number, Pools>> {
  const rows = rowsOf(tables);
  const pools = new Map<number, Pools>();
  for (const table of tables) {
    pools.set(table.oid, await poolsOf(session, table, tables, domains, constants, rows));
  }
  return pools;
}
