import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { CannotReview } from '../../src/model/problem.ts';
import { ServerUrl } from '../../src/sandbox/external/url.ts';

const nobody = { account: null, settings: [], name: 'test' };

/** Names and passwords as people have them: anything but NUL, and not empty. */
const word = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((text) => !text.includes('\0'));

/** node-postgres has no way to name one with these characters. */
const databaseName = word.filter((text) => !/[#?]/.test(text));

test('whoever and whatever is named reaches the client as it was', () => {
  fc.assert(
    fc.property(word, word, databaseName, (user, password, database) => {
      fc.pre([user, password, database].every((each) => each.isWellFormed()));
      const given = `postgresql://${[user, password].map(encodeURIComponent).join(':')}@host:6543/first`;
      const url = new ServerUrl(given);
      const same = new pg.Client(url.connection(database, nobody));
      expect([same.user, same.password, same.host, same.port, same.database]).toEqual([
        user,
        password,
        'host',
        6543,
        database,
      ]);
      const account = { user: password, password: user };
      const other = new pg.Client(url.connection(database, { ...nobody, account }));
      expect([other.user, other.password, other.host]).toEqual([password, user, 'host']);
      expect(url.place).toBe('host:6543');
    }),
  );
});

describe('a URL', () => {
  test.each([
    ['postgres://u@h/db', 'h', 'db'],
    ['postgres://u@h:5433', 'h:5433', 'postgres'],
    ['postgresql://%2Fvar%2Frun/db', '/var/run', 'db'],
    ['postgresql:///db?host=/var/run&port=6000', '/var/run:6000', 'db'],
    ['postgresql://u@[::1]:5432/db', '[::1]:5432', 'db'],
    ['postgresql://u@h/caf%C3%A9', 'h', 'café'],
  ])('%s leads to %s', (text, place, database) => {
    const url = new ServerUrl(text);
    expect([url.place, url.database]).toEqual([place, database]);
  });

  test('keeps what it says of TLS, and its own settings before ours', () => {
    const url = new ServerUrl('postgresql://u@h/db?sslmode=no-verify&options=-c%20jit%3Doff');
    const { connectionString } = url.connection('other', { ...nobody, settings: ['timezone=UTC'] });
    expect(connectionString).toBe(
      'postgresql://u@h/other?sslmode=no-verify&options=-c%20jit%3Doff%20-c%20timezone%3DUTC&application_name=test',
    );
    expect(new pg.Client({ connectionString }).ssl).toEqual({ rejectUnauthorized: false });
  });

  test.each(['postgres://u:secret@h:port/db', 'http://u:secret@h/db', 'u:secret@h', ''])(
    '%s is none',
    (text) => {
      let error: unknown;
      try {
        new ServerUrl(text);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(CannotReview);
      expect(JSON.stringify(error)).not.toContain('secret');
    },
  );
});
