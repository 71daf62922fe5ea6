#!/usr/bin/env node
import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
const __filename = import.meta.filename;
const __dirname = import.meta.dirname;
import{versions}from"node:process";var needed=24;Number.parseInt(versions.node,10)>=needed?await import("./command-line-Q4H443ZR.js"):(process.stderr.write(`pg-guardrails needs Node.js ${needed} or later, and this is ${versions.node}: npx -p node@${needed} -p pg-guardrails pg-guardrails
`),process.exitCode=2);
