/** Something that could not be read, and why. */
interface LeftOutEntry {
  readonly subject: string;
  readonly reason: string;
}

/** How many subjects of one reason are named; the rest are counted. */
const named = 5;

/** What the export could not read: once for each reason, however many tables it concerns. */
export class LeftOut {
  readonly #subjects = new Map<string, string[]>();

  /** @param reason why, and what to do so that it can be read */
  add(subject: string, reason: string): void {
    const subjects = this.#subjects.get(reason);
    if (subjects === undefined) this.#subjects.set(reason, [subject]);
    else subjects.push(subject);
  }

  entries(): readonly LeftOutEntry[] {
    return [...this.#subjects].map(([reason, subjects]) => ({ subject: listed(subjects), reason }));
  }
}

function listed(subjects: readonly string[]): string {
  const more = subjects.length - named;
  return `${subjects.slice(0, named).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
