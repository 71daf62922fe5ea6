/** Any function of the program, or of what it runs on. */
export type Callable = (this: unknown, ...args: unknown[]) => unknown;

/** Does something that may fail without anybody being told: the program has to run as it does by itself. */
export function guarded<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

const wrapped = new WeakSet<object>();

/** Puts a function around a method, which keeps its name and length. What is wrapped already stays as it is. */
export function wrapMethod(target: object, name: string, around: (original: Callable) => Callable): void {
  const descriptor = Object.getOwnPropertyDescriptor(target, name);
  const original: unknown = descriptor?.value;
  if (!isCallable(original) || wrapped.has(original)) return;
  const method = around(original);
  wrapped.add(method);
  for (const property of ['name', 'length']) {
    const value: unknown = Reflect.get(original, property);
    Object.defineProperty(method, property, { value, configurable: true });
  }
  Object.defineProperty(target, name, { ...descriptor, value: method });
}

export function isCallable(value: unknown): value is Callable {
  return typeof value === 'function';
}

/** A property of what may be no object at all. */
export function propertyOf(value: unknown, name: string): unknown {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return isObject ? Reflect.get(value, name) : undefined;
}
