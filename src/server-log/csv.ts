/**
 * Reads comma-separated values: fields may be quoted, a quote in them is doubled, and a quoted field may hold line
 * breaks. What follows the last line break is a record that is still being written, and left out.
 */
export function parseCsv(text: string): readonly (readonly string[])[] {
  const records: (readonly string[])[] = [];
  let fields: string[] = [];
  let at = 0;
  while (at < text.length) {
    const { value, next } = readField(text, at);
    const delimiter = text.charAt(next);
    if (delimiter === '') return records;
    fields.push(value);
    if (delimiter === '\n') {
      records.push(fields);
      fields = [];
    }
    at = next + 1;
  }
  return records;
}

const plain = /[^,\n]*/y;

/** A field, and where the comma or line break after it stands. */
function readField(text: string, start: number): { readonly value: string; readonly next: number } {
  if (text.charAt(start) !== '"') {
    plain.lastIndex = start;
    const [value = ''] = plain.exec(text) ?? [];
    return { value, next: start + value.length };
  }
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && text.charAt(end + 1) === '"') end = text.indexOf('"', end + 2);
  if (end === -1) return { value: '', next: text.length };
  return { value: text.slice(start + 1, end).replaceAll('""', '"'), next: end + 1 };
}
