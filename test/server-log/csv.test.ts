import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseCsv } from '../../src/server-log/csv.ts';

/** As the server writes a field: texts are quoted, numbers are not, and what is missing is empty. */
const field = fc.oneof(
  fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', 'é', '😀', '\\', "'") }).map((text) => ({
    text,
    csv: `"${text.replaceAll('"', '""')}"`,
  })),
  fc.nat().map((number) => ({ text: String(number), csv: String(number) })),
  fc.constant({ text: '', csv: '' }),
);
const records = fc.array(fc.array(field, { minLength: 1, maxLength: 5 }), { maxLength: 5 });

const written = (list: readonly (readonly { readonly csv: string }[])[]) =>
  list.map((fields) => `${fields.map(({ csv }) => csv).join(',')}\n`).join('');

describe('CSV', () => {
  test('gives back what was written', () => {
    fc.assert(
      fc.property(records, (list) => {
        expect(parseCsv(written(list))).toEqual(list.map((fields) => fields.map(({ text }) => text)));
      }),
    );
  });

  test('that is cut off anywhere gives the records before', () => {
    fc.assert(
      fc.property(records, fc.nat(), (list, at) => {
        const text = written(list);
        const whole = parseCsv(text);
        const some = parseCsv(text.slice(0, at % (text.length + 1)));
        expect(some).toEqual(whole.slice(0, some.length));
      }),
    );
  });
});
