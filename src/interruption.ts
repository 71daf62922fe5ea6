/** What ends a command from outside, with the exit status that shells give it. */
const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Whether the process was asked to end, and with which exit status it then does. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Null as long as nobody asked. */
  status(): number | null;
}

/**
 * Turns SIGINT, SIGTERM and SIGHUP into an abort, so that the server is stopped and removed before the process ends. A
 * second signal ends it at once. The listeners stay: libraries end the process themselves where nobody listens.
 */
export function listenForInterruption(): Interruption {
  const abort = new AbortController();
  let status: number | null = null;
  for (const [name, code] of Object.entries(signals)) {
    process.on(name, () => {
      if (status !== null) process.exit(status);
      status = code;
      abort.abort();
    });
  }
  return { signal: abort.signal, status: () => status };
}
