/** Where V8 saw a function being called (https://v8.dev/docs/stack-trace-api). */
export type Stack = readonly NodeJS.CallSite[];

/** A stack that was taken, and is written out only when somebody asks for it. */
export interface TakenStack {
  stack?: unknown;
}

/** Takes the stack of whoever called. V8 adds the functions that await it. */
export function takeStack(frames: number): TakenStack {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = frames;
  const taken: TakenStack = {};
  Error.captureStackTrace(taken, takeStack);
  Error.stackTraceLimit = before;
  return taken;
}

/** Innermost first. */
export function framesOf(taken: TakenStack): Stack {
  const before = Error.prepareStackTrace;
  // The program, or a library that reads source maps, may have one of its own.
  Error.prepareStackTrace = (_, frames) => frames;
  try {
    const { stack } = taken;
    return Array.isArray(stack) ? stack : [];
  } finally {
    Error.prepareStackTrace = before;
  }
}
