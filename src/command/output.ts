import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

/** How many lines of a command's output are worth showing when it fails. */
const lastLines = 20;

/** How long is waited for a stream that another process keeps open, in milliseconds. */
const graceMs = 1_000;

/** Longer ones are cut. */
const longestLine = 500;

/** Colours and other sequences for a terminal (ECMA-48, CSI and OSC). */
const terminalSequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;

/**
 * What a command prints, line by line. It comes from the pull request: a line may hold nothing that a terminal
 * obeys, and none may begin with what GitHub's runner takes for a command (`::`, and `##[` anywhere).
 */
export class CommandOutput {
  readonly #onLine: (line: string) => void;
  readonly #last: string[] = [];
  readonly #ends: Promise<unknown>[] = [];
  readonly #streams: Readable[] = [];

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  follow(stream: Readable): void {
    let rest = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split(/\r?\n|\r/);
      rest = (lines.pop() ?? '').slice(0, longestLine);
      for (const line of lines) this.#line(line);
    });
    this.#streams.push(stream);
    this.#ends.push(once(stream, 'close').then(() => this.#line(rest)));
  }

  /** Waits for what is still on its way, but not for a process in the background that holds on to the stream. */
  async end(): Promise<void> {
    const ends = Promise.all(this.#ends);
    const stop = new AbortController();
    const patience = pause(graceMs, undefined, { signal: stop.signal }).catch(() => {});
    await Promise.race([ends, patience]);
    stop.abort();
    for (const stream of this.#streams) stream.destroy();
    await ends;
  }

  /** The last lines. */
  last(): string {
    return this.#last.join('\n');
  }

  #line(raw: string): void {
    const line = harmless(raw);
    if (line.trim() === '') return;
    this.#last.push(line);
    if (this.#last.length > lastLines) this.#last.shift();
    this.#onLine(`| ${line}`);
  }
}

function harmless(line: string): string {
  return line
    .replaceAll(terminalSequences, '')
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, '')
    .replaceAll('##[', '## [')
    .slice(0, longestLine)
    .trimEnd();
}
