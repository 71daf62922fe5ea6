import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 collect garbage early, until disposed of. Next to nothing of what is read survives, yet its young generation would grow to
 * 128 MB, and the old one to three times what is in use. Both flags are looked at whenever a generation would grow
 * (heap/new-spaces.cc and heap/memory-controller.cc of V8).
 */
export function smallHeap(): Disposable {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=40');
  return {
    [Symbol.dispose]: () => {
      setFlagsFromString('--semi-space-growth-factor=2');
      setFlagsFromString('--heap-growing-percent=0');
    },
  };
}
