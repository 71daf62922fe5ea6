import { createHook, executionAsyncResource } from 'node:async_hooks';
import { applicationFrames, type CompiledPlace } from './application.ts';
import { guarded } from './guard.ts';
import { framesOf, type TakenStack, takeStack } from './stack.ts';

/** What a promise, timer or callback came from. */
interface Context {
  /** Null where it has been looked at. */
  taken: TakenStack | null;
  frames: readonly CompiledPlace[];
  parent: Context | null;
  /** How many parents there are. */
  readonly depth: number;
}

/** Frames that are taken of each, with those of Node that tell us of it. */
const takenFrames = 24;

/** Parents that are kept before they are looked at, so that what goes on forever does not grow. */
const keptParents = 24;

/** On each resource, as AsyncLocalStorage of Node before version 24 has it; a WeakMap doubles what this costs. */
const key = Symbol('pg-guardrails');

let isRemembering = false;

/**
 * Remembers from now on where promises, timers and callbacks are made. V8 knows who awaits a promise, and mostly that is
 * enough; it does not know who awaits what is none, such as a query of Drizzle. It costs some microseconds for each
 * promise, so it begins when it is needed.
 */
export function rememberContexts(): void {
  if (isRemembering) return;
  isRemembering = true;
  createHook({
    init(_id, _type, _trigger, resource) {
      guarded(() => {
        const parent = contextOf(executionAsyncResource());
        const context: Context = {
          taken: takeStack(takenFrames),
          frames: [],
          parent,
          depth: parent === null ? 0 : parent.depth + 1,
        };
        Reflect.set(resource, key, context.depth < keptParents ? context : settled(context));
      });
    },
  }).enable();
}

/** Frames of the application that led to what runs now, by way of promises, timers and callbacks; the nearest ones. */
export function framesOfContext(): readonly CompiledPlace[] {
  const context = contextOf(executionAsyncResource());
  return context === null ? [] : nearestFrames(context);
}

/** Frames of the application that a promise was made by. */
export function framesOfPromise(promise: object): readonly CompiledPlace[] {
  const context = contextOf(promise);
  return context === null ? [] : nearestFrames(context);
}

function contextOf(resource: object): Context | null {
  const context: Context | undefined = Reflect.get(resource, key);
  return context ?? null;
}

function nearestFrames(context: Context): readonly CompiledPlace[] {
  for (let each: Context | null = context; each !== null; each = each.parent) {
    look(each);
    if (each.frames.length > 0) return each.frames;
  }
  return [];
}

/** A context that needs no parents. */
function settled(context: Context): Context {
  return { taken: null, frames: nearestFrames(context), parent: null, depth: 0 };
}

function look(context: Context): void {
  if (context.taken === null) return;
  context.frames = applicationFrames(framesOf(context.taken));
  context.taken = null;
  // Nobody asks beyond the nearest frames.
  if (context.frames.length > 0) context.parent = null;
}
