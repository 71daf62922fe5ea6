import Module, { syncBuiltinESMExports } from 'node:module';
import vm from 'node:vm';
import { type Callable, guarded, isCallable, propertyOf, wrapMethod } from './guard.ts';
import { rememberCompiled } from './source-maps.ts';

/** CommonJS modules of interest, by how their paths end, and who is told of what they export when they have run. */
export type WatchedModules = ReadonlyMap<string, (exports: unknown) => void>;

/**
 * Tells of modules that run from now on: those that Node loads, whoever asks for them, and those of Jest, which reads
 * and runs modules by itself. Texts that hold a source map are remembered.
 */
export function watchModules(watched: WatchedModules): void {
  watchNode(watched);
  watchCompiledFunctions(watched);
  watchScripts(watched);
  watchModulesOfVm();
  // What is imported by name is another binding.
  syncBuiltinESMExports();
}

/** Who is told of a module, or null. */
function watcherOf(watched: WatchedModules, file: unknown): ((exports: unknown) => void) | null {
  if (typeof file !== 'string') return null;
  const path = file.replaceAll('\\', '/');
  for (const [end, tell] of watched) {
    if (path.endsWith(end)) return tell;
  }
  return null;
}

function watchNode(watched: WatchedModules): void {
  wrapMethod(
    Module.prototype,
    '_compile',
    (original) =>
      function compile(this: unknown, ...args: unknown[]) {
        const [text, file] = args;
        guarded(() => rememberCompiled(file, text, 'Node'));
        const result = original.apply(this, args);
        guarded(() => watcherOf(watched, file)?.(propertyOf(this, 'exports')));
        return result;
      },
  );
}

/** Jest since 30.5: a function of `module, exports, require` and more. */
function watchCompiledFunctions(watched: WatchedModules): void {
  wrapMethod(
    vm,
    'compileFunction',
    (original) =>
      function compileFunction(this: unknown, ...args: unknown[]) {
        const file = propertyOf(args[2], 'filename');
        guarded(() => rememberCompiled(file, args[0], 'others'));
        const compiled = original.apply(this, args);
        const tell = guarded(() => watcherOf(watched, file)) ?? null;
        return tell === null || !isCallable(compiled) ? compiled : tellAfter(compiled, tell);
      },
  );
}

/** Name that Jest had before for the function around a module. */
const wrapper = 'Object.<anonymous>';

function watchScripts(watched: WatchedModules): void {
  const files = new WeakMap<object, unknown>();
  vm.Script = new Proxy(vm.Script, {
    construct(target, args: unknown[], newTarget) {
      const script: object = Reflect.construct(target, args, newTarget);
      guarded(() => {
        const file = fileOf(args[1]);
        rememberCompiled(file, args[0], 'others');
        if (watcherOf(watched, file) !== null) files.set(script, file);
      });
      return script;
    },
  });
  wrapMethod(
    vm.Script.prototype,
    'runInContext',
    (original) =>
      function runInContext(this: unknown, ...args: unknown[]) {
        const result = original.apply(this, args);
        guarded(() => {
          const tell = watcherOf(watched, typeof this === 'object' && this !== null && files.get(this));
          const run = propertyOf(result, wrapper);
          if (tell === null || typeof result !== 'object' || result === null || !isCallable(run)) return;
          Reflect.set(result, wrapper, tellAfter(run, tell));
        });
        return result;
      },
  );
  for (const name of ['runInThisContext', 'runInContext']) {
    wrapMethod(
      vm,
      name,
      (original) =>
        function run(this: unknown, ...args: unknown[]) {
          guarded(() => rememberCompiled(fileOf(args.at(-1)), args[0], 'others'));
          return original.apply(this, args);
        },
    );
  }
}

/** ES modules of Jest. */
function watchModulesOfVm(): void {
  const original: unknown = Reflect.get(vm, 'SourceTextModule');
  if (!isCallable(original)) return;
  const watching = new Proxy(original, {
    construct(target, args: unknown[], newTarget) {
      guarded(() => rememberCompiled(propertyOf(args[1], 'identifier'), args[0], 'others'));
      return Reflect.construct(target, args, newTarget);
    },
  });
  Reflect.set(vm, 'SourceTextModule', watching);
}

function fileOf(options: unknown): unknown {
  return typeof options === 'string' ? options : propertyOf(options, 'filename');
}

/** The function around a module, whose first argument is the module. */
function tellAfter(run: Callable, tell: (exports: unknown) => void): Callable {
  return function module(this: unknown, ...args: unknown[]) {
    const returned = run.apply(this, args);
    guarded(() => tell(propertyOf(args[0], 'exports')));
    return returned;
  };
}
