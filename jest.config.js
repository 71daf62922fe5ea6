import { engineAnswers } from './test/support/container-engine.ts';

const hasEngine = engineAnswers();
if (!hasEngine)
  process.stderr.write('no container engine answers here: the tests of the container are left out\n');

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', ...(hasEngine ? [] : ['test/sandbox/container\\.test\\.ts'])],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2024', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Starting a server, or clicking through a bundled process, is no unit of milliseconds.
  testTimeout: 120_000,
  globalSetup: './test/support/setup.ts',
  // By default one core is left free, which of two is one too many.
  maxWorkers: '100%',
};
