import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestServer, testedVersions } from '../../support/server.ts';
import { advised, inShort } from './advised.ts';
import { contentQueries, neededIndexes, starQueries, starSchema, starSizes } from './star-schema.ts';

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test('the advisor gets all indexes back that a star schema needs, and no others', async () => {
    expect(starQueries).toHaveLength(100);
    const result = await advised(server, starSchema, starSizes, [...starQueries, ...contentQueries]);
    expect(inShort(result)).toEqual(neededIndexes);
  });

  test('and none where they are there', async () => {
    const indexes = neededIndexes.map((each) => `CREATE INDEX ON ${each};`).join('\n');
    const result = await advised(server, `${starSchema}\n${indexes}`, starSizes, [
      ...starQueries,
      ...contentQueries,
    ]);
    expect(inShort(result)).toEqual([]);
  });
});
