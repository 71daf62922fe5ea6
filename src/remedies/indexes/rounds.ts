import type { Ask } from './what-if.ts';

/**
 * Groups what is to be planned so that a group can be planned in one state of the database: where two queries read one
 * table, they want the same indexes on it.
 */
export function roundsOf(asks: readonly Ask[]): readonly (readonly Ask[])[] {
  const rounds: Round[] = [];
  for (const ask of asks) {
    const states = statesOf(ask);
    const fits = rounds.find(({ states: taken }) =>
      states.every(([table, state]) => (taken.get(table) ?? state) === state),
    );
    const round: Round = fits ?? { asks: [], states: new Map() };
    if (fits === undefined) rounds.push(round);
    round.asks.push(ask);
    for (const [table, state] of states) round.states.set(table, state);
  }
  return rounds.map(({ asks: together }) => together);
}

interface Round {
  readonly asks: Ask[];
  /** By table. */
  readonly states: Map<string, string>;
}

/** What each table of a query is to look like. */
function statesOf({ query, shown, hidden }: Ask): readonly (readonly [string, string])[] {
  return query.tables.map((table) => {
    const own = shown.filter(({ definition }) => definition.table === table);
    const oids = own.map(({ index }) => index.oid).toSorted((a, b) => a - b);
    return [table, [...oids, '-', ...hidden].join(',')];
  });
}
