import { copyFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');

// Bundled CommonJS packages expect what ES modules do not have.
const banner = [
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = import.meta.filename;',
  'const __dirname = import.meta.dirname;',
].join('\n');

/**
 * Bundles the two entries, with everything that they need beside them. What was in the folder goes.
 *
 * @param outdir an absolute path
 */
export async function bundle(outdir: string): Promise<void> {
  rmSync(outdir, { recursive: true, force: true });

  await build({
    entryPoints: ['src/action.ts', 'src/cli.ts'],
    outdir,
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // What runs a container is large and loaded only when one is asked for.
    splitting: true,
    chunkNames: '[name]-[hash]',
    // Native add-ons differ between machines and are optional to the packages that use them.
    external: ['*.node', 'pg-native'],
    // Names stay, for stack traces.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    banner: { js: banner },
    logLevel: 'warning',
  });

  // What runs in programs of any project before they do: a file by itself, for what Node they have.
  await build({
    entryPoints: ['src/preload/preload.ts'],
    outfile: join(outdir, 'preload.cjs'),
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node18',
    format: 'cjs',
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: 'warning',
  });

  // The parser looks for its WebAssembly beside the file that it is bundled into.
  const parser = dirname(createRequire(import.meta.url).resolve('libpg-query'));
  copyFileSync(join(parser, 'libpg-query.wasm'), join(outdir, 'libpg-query.wasm'));
}

// GitHub runs what is committed in dist/.
if (import.meta.main) await bundle(join(root, 'dist'));
