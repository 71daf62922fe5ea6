import { expect, test } from '@jest/globals';
import { endOfLog, followLog } from '../../../src/workload/capture/follow.ts';
import { judgedVersions, TestServer } from '../../support/server.ts';

const MB = 1024 ** 2;

test.each(judgedVersions)(
  'PostgreSQL %i goes on in another file, and what was read is emptied',
  async (major) => {
    await using server = await TestServer.start(major, 60_000, true);
    await using reader = await server.session('', 'superuser');
    await using writer = await server.session('', 'superuser');
    await using looker = await server.session('', 'superuser');
    const write = (from: number) =>
      writer.query(
        `DO $$ BEGIN FOR n IN ${from}..${from + 39} LOOP RAISE LOG 'entry % %', n, repeat('x', ${MB}); END LOOP; END $$`,
      );
    const files = async () => {
      const rows = await looker.query(
        `SELECT size::int FROM pg_ls_logdir() WHERE name LIKE '%.csv' ORDER BY name`,
      );
      return rows.map(({ size }) => Number(size));
    };
    let finish = () => {};
    const until = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let read = '';
    let isSecond = false;
    // The name of the next file holds the second.
    await writer.query('SELECT pg_sleep(1.1)');
    await write(1);
    const start = { ...(await endOfLog(reader)), at: 0 };
    for await (const chunk of followLog(reader, start, until)) {
      read += Buffer.from(chunk).toString('latin1').replaceAll(/x+/g, '');
      const seen = [...read.matchAll(/entry (\d+)/g)].length;
      if (seen === 40 && !isSecond) {
        isSecond = true;
        await write(41);
      }
      if (seen === 80) finish();
    }
    const entries = [...read.matchAll(/entry (\d+)/g)].map(([, n]) => Number(n));
    expect(entries).toEqual(Array.from({ length: 80 }, (_, n) => n + 1));
    const [first, ...others] = await files();
    expect(others.length).toBeGreaterThan(0);
    expect(first).toBe(0);
  },
);
