/** What an environment variable may be called. */
export const variableName = /^[A-Za-z_]\w*$/;

const known = ['host', 'port', 'user', 'password', 'database', 'url'] as const;

const placeholder = /\{(\w+)\}/g;

/** The first placeholder of a template that stands for nothing, or null. */
export function unknownPlaceholder(template: string): string | null {
  const names = [...template.matchAll(placeholder)].map(([, name = '']) => name);
  return names.find((name) => known.every((each) => each !== name)) ?? null;
}

export function noPlaceholder(name: string): string {
  return `names {${name}}, which is none of ${known.map((each) => `{${each}}`).join(', ')}`;
}
