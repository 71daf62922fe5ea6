import { setFlagsFromString } from 'node:v8';

// Imported before the parser, which begins to compile its WebAssembly as it is imported. V8 would compile all of it a
// second time with its optimising compiler, which takes 600 MB and half a second of a processor, and gains nothing that
// parsing 10,000 statements could show (measured with Node 24).
setFlagsFromString('--no-wasm-tier-up');
setFlagsFromString('--no-wasm-dynamic-tiering');
