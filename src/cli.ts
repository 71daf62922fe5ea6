#!/usr/bin/env node
import { versions } from 'node:process';

/** Major version of Node that the bundle is made for. An older one does not even link it, and would print it instead. */
const needed = 24;

if (Number.parseInt(versions.node, 10) >= needed) {
  await import('./command-line.ts');
} else {
  process.stderr.write(
    `pg-guardrails needs Node.js ${needed} or later, and this is ${versions.node}: npx -p node@${needed} -p pg-guardrails pg-guardrails\n`,
  );
  process.exitCode = 2;
}
