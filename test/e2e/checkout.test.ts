import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { bundle } from '../../scripts/build.ts';
import { TestProject } from '../support/project.ts';

const root = join(import.meta.dirname, '..', '..');

test('dist/ is what the sources make', async () => {
  const built = join(root, 'node_modules', '.cache', 'dist-test');
  await bundle(built);
  const contents = (folder: string) =>
    Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
  const committed = contents(join(root, 'dist'));
  const made = contents(built);
  expect(Object.keys(committed)).toEqual(Object.keys(made));
  for (const [name, bytes] of Object.entries(made)) {
    expect({ name, same: committed[name]?.equals(bytes) }).toEqual({ name, same: true });
  }
});

test('the lint keeps the direction of imports', () => {
  const imports: readonly (readonly [from: string, imported: string, allowed: boolean])[] = [
    ['model', '../sql/kind.ts', false],
    ['sql', '../model/plan.ts', true],
    ['sql', '../plans/tree.ts', false],
    ['plans', '../sql/kind.ts', true],
    ['plans', '../rules/rule.ts', false],
    ['rules/query', '../../plans/compare.ts', true],
    ['rules/query', '../rule.ts', true],
    ['rules/query', '../../report/wording.ts', false],
    ['sandbox/embedded', '../../model/server.ts', true],
    ['sandbox/embedded', '../../config/config.ts', false],
    ['github', '../report/wording.ts', false],
    ['report', '../review.ts', false],
  ];
  using project = new TestProject({
    'biome.json': readFileSync(join(root, 'biome.json')),
    ...Object.fromEntries(
      imports.map(([from, imported], index) => [
        `src/${from}/probe${index}.ts`,
        `import { x } from '${imported}';\n\nexport const y = x;\n`,
      ]),
    ),
  });
  const biome = join(root, 'node_modules', '.bin', 'biome');
  const lint = spawnSync(biome, ['lint', '--vcs-enabled=false', '--max-diagnostics=none', '.'], {
    cwd: project.root,
    encoding: 'utf8',
  });
  const refused = [...lint.stderr.matchAll(/probe(\d+)\.ts:\d+:\d+ lint\/style\/noRestrictedImports/g)];
  expect(refused.map(([, index]) => Number(index)).toSorted((a, b) => a - b)).toEqual(
    imports.flatMap(([, , allowed], index) => (allowed ? [] : [index])),
  );
});

test('the demo shows what was planted, and exits with 0 whatever the verdict', () => {
  const demo = spawnSync(process.execPath, ['scripts/demo.ts'], { cwd: root, encoding: 'utf8' });
  expect({ status: demo.status, stdout: demo.stdout }).toEqual({
    status: 0,
    stdout: expect.stringContaining('FAIL  Database review'),
  });
  const folder = join(root, 'examples', 'airlines');
  const { insights, deploy } = JSON.parse(readFileSync(join(folder, 'review.json'), 'utf8'));
  const introduced = insights.flatMap(
    (insight: { origin: string; rule: string; subject: { name: string } }) =>
      insight.origin === 'introduced' ? [`${insight.rule} ${insight.subject.name.slice(0, 30)}`] : [],
  );
  expect(introduced).toEqual([
    'compatibility/breaks-query GET /tickets/:ticket',
    'migration/table-rewrite ALTER TABLE bookings.tickets A',
    'migration/blocking-index-build CREATE INDEX boarding_passes_s',
    'query/lost-index GET /flights/departures/:airpo',
    'query/rows-filtered GET /flights/departures/:airpo',
    'migration/blocking-scan ALTER TABLE bookings.ticket_fl',
    'migration/drops-column ALTER TABLE bookings.tickets D',
    'query/rows-read GET /flights/departures/:airpo',
    'migration/index-dropped-in-use DROP INDEX CONCURRENTLY IF EXI',
    'query/missing-index GET /flights/departures/:airpo',
    'schema/foreign-key-without-index bookings.flights',
    'schema/index-without-reader bookings.boarding_passes_seat_',
  ]);
  const remedies = insights.flatMap(
    ({ rule, remediation }: { rule: string; remediation: { kind: string; verified: boolean }[] }) =>
      remediation.some(({ kind, verified }) => kind === 'migration' && verified) ? [rule] : [],
  );
  expect(remedies).toEqual([
    'migration/table-rewrite',
    'migration/blocking-index-build',
    'migration/blocking-scan',
  ]);
  expect(deploy.pool).toBe(50);
  expect(deploy.locks[0]).toMatchObject({
    relation: 'bookings.tickets',
    poolExhaustedAfter: expect.any(Number),
  });
  expect(readFileSync(join(folder, 'review.md'), 'utf8')).toMatch(/^## ❌ Database review: fail/);
});

test('links between the documents lead somewhere', () => {
  const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: root });
  const dead = documents.flatMap((document) =>
    [...readFileSync(join(root, document), 'utf8').matchAll(/\]\((?!https?:)([^)#\s]+)/g)]
      .map(([, target = '']) => join(dirname(document), target))
      .filter((target) => !existsSync(join(root, target)))
      .map((target) => `${document}: ${target}`),
  );
  expect(dead).toEqual([]);
});
