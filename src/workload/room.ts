/** Characters that may still be kept of something that grows with a capture. */
export class Room {
  #left: number;

  constructor(characters: number) {
    this.#left = characters;
  }

  /** Whether there is room for so many characters more, which is then taken. */
  take(characters: number): boolean {
    if (characters > this.#left) return false;
    this.#left -= characters;
    return true;
  }

  giveBack(characters: number): void {
    this.#left += characters;
  }
}

/**
 * A copy of a text. What was cut from a long text holds on to all of it, as long as it lives (V8's sliced strings).
 */
export function detached(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
