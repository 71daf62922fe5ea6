import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { captureCommand } from '../../src/config/command-line.ts';

const root = join(import.meta.dirname, '..', '..');
const folders = ['examples/workflows', '.github/workflows'];
const files = folders.flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`));

/** What GitHub's own parser of workflows has against a text. */
function errorsIn(name: string, content: string): readonly string[] {
  const { context } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  return context.errors.getErrors().map(({ message }) => message);
}

const stepSchema = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
});
const workflowSchema = z.looseObject({
  jobs: z.record(z.string(), z.looseObject({ steps: z.array(stepSchema) })),
});

function stepsOf(name: string) {
  const { jobs } = workflowSchema.parse(parse(readFileSync(join(root, name), 'utf8')));
  return Object.values(jobs).flatMap(({ steps }) => steps);
}

describe('workflows', () => {
  test.each(files)('%s is one by the parser of GitHub', (name) => {
    expect(errorsIn(name, readFileSync(join(root, name), 'utf8'))).toEqual([]);
  });

  test('the parser sees what is wrong', () => {
    const wrong = readFileSync(join(root, 'examples/workflows/workload.yml'), 'utf8');
    expect(errorsIn('a.yml', wrong.replace('runs-on:', 'run-on:'))).not.toEqual([]);
    expect(errorsIn('a.yml', wrong.replace('steps.base.outcome ==', 'steps.base.outcome ='))).not.toEqual([]);
    expect(errorsIn('a.yml', wrong.replace('actions: read', 'actions: some'))).not.toEqual([]);
  });

  test.each(files)('%s gives the Action inputs that it has', (name) => {
    const action = z
      .looseObject({ inputs: z.record(z.string(), z.unknown()) })
      .parse(parse(readFileSync(join(root, 'action.yml'), 'utf8')));
    const given = stepsOf(name)
      .filter(({ uses }) => uses === './' || uses?.startsWith('pg-guardrails/'))
      .flatMap((step) => Object.keys(step.with ?? {}));
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(given));
  });
});

describe('the workflow of the workload', () => {
  const steps = stepsOf('examples/workflows/workload.yml');
  const runs = steps.map(({ run }) => run ?? '').join('\n');

  test('captures with a command that is one', () => {
    const [, args = ''] = /pg-guardrails capture (.*)/.exec(runs) ?? [];
    const command = captureCommand().exitOverride();
    command.parse(args.split(' '), { from: 'user' });
    expect(command.args).toEqual(['npm', 'test']);
    expect(command.opts()).toMatchObject({ output: 'workload.ndjson', postgres: 'container' });
  });

  test('compares what it fetches with what it captures', () => {
    const review = steps.find(({ uses }) => uses?.startsWith('pg-guardrails/'))?.with;
    const upload = steps.find(({ uses }) => uses?.startsWith('actions/upload-artifact'))?.with;
    expect(upload).toMatchObject({ name: 'workload', path: 'workload.ndjson' });
    expect(review).toMatchObject({ workload: 'workload.ndjson' });
    expect(runs).toContain('--name workload --dir base-workload');
    expect(review?.['base-workload']).toContain("'base-workload/workload.ndjson'");
  });
});
