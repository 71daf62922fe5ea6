import type { Sink } from './export.ts';

/**
 * Writes the export as JSON, piece by piece. A table is a line, so that a file kept in a repository shows which of them
 * changed.
 */
export function jsonSink(write: (text: string) => Promise<void>): Sink {
  let first = true;
  const items = async (all: readonly unknown[]) => {
    for (const each of all) {
      await write(`${first ? '' : ','}\n${JSON.stringify(each)}`);
      first = false;
    }
  };
  const list = async (name: string, all: readonly unknown[], before = '') => {
    first = true;
    await write(`\n],\n${before}${JSON.stringify(name)}: [`);
    await items(all);
  };
  return {
    head: (parts) => {
      const entries = Object.entries(parts).map(
        ([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)},\n`,
      );
      return write(`{\n${entries.join('')}"relations": [`);
    },
    relations: items,
    extended: (extended) => list('extended', extended),
    queries: ({ queries, queriesSince }) =>
      list('queries', queries, `"queriesSince": ${JSON.stringify(queriesSince)},\n`),
    end: async (leftOut) => {
      await list('leftOut', leftOut);
      await write('\n]\n}\n');
    },
  };
}
