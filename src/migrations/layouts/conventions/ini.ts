/** Keys and values of one section of an INI file: `[deploy "variables"]`. Empty where there is none. */
export function iniSection(text: string, section: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let current = '';
  for (const line of text.split(/\r?\n/)) {
    const head = /^\s*\[([^\]]+)\]\s*$/.exec(line);
    const pair = /^\s*([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
    if (head !== null) current = head[1] ?? '';
    else if (pair !== null && current === section) {
      const [, key = '', value = ''] = pair;
      values.set(key, value.replace(/^"(.*)"$/, '$1'));
    }
  }
  return values;
}
