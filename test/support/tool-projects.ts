import type { Files } from './project.ts';

/** A project whose migrations a real tool runs, a change to it, and the migrations that are made of what it sends. */
interface ToolProject {
  readonly name: string;
  readonly command: string;
  readonly base: Files;
  readonly change: Files;
  readonly expected: readonly {
    readonly path: string;
    readonly wrapping: string;
    readonly statements: readonly string[];
    /** Of the file, for each statement. */
    readonly lines: readonly number[];
  }[];
}

const knex: ToolProject = {
  name: 'Knex',
  command: 'node_modules/.bin/knex migrate:latest --knexfile knexfile.cjs',
  base: {
    'knexfile.cjs': "module.exports = { client: 'pg', connection: process.env.DATABASE_URL };",
    'migrations/20260101000000_users.js': `
exports.up = (knex) =>
  knex.schema.createTable('users', (table) => {
    table.increments('id');
    table.string('email').notNullable();
  }).then(() => knex('users').insert([{ email: 'a' }, { email: 'b' }]));
exports.down = (knex) => knex.schema.dropTable('users');
`,
  },
  change: {
    'migrations/20260201000000_active.js': `
exports.up = async (knex) => {
  await knex.schema.alterTable('users', (table) => {
    table.boolean('active').defaultTo(true);
  });
  const users = await knex('users').select('id').orderBy('id');
  for (const { id } of users) {
    await knex('users').where({ id }).update({ email: "it's" });
  }
};
exports.down = () => {};
`,
    'migrations/20260202000000_index.js': `
exports.up = (knex) => knex.raw('CREATE INDEX CONCURRENTLY users_email ON users (email)');
exports.down = () => {};
exports.config = { transaction: false };
`,
  },
  expected: [
    {
      path: 'migrations/20260201000000_active.js',
      wrapping: 'transaction',
      statements: [
        `alter table "users" add column "active" boolean default '1'`,
        'select "id" from "users" order by "id" asc',
        `update "users" set "email" = 'it''s' where "id" = '1'`,
        `update "users" set "email" = 'it''s' where "id" = '2'`,
      ],
      lines: [4, 6, 8, 8],
    },
    {
      path: 'migrations/20260202000000_index.js',
      wrapping: 'statements',
      statements: ['CREATE INDEX CONCURRENTLY users_email ON users (email)'],
      lines: [2],
    },
  ],
};

const typeorm: ToolProject = {
  name: 'TypeORM',
  command: 'node_modules/.bin/typeorm migration:run -d data-source.cjs',
  base: {
    'data-source.cjs': `const { DataSource } = require('typeorm');
module.exports = new DataSource({
  type: 'postgres',
  url: process.env.DATABASE_URL,
  migrations: ['migrations/*.cjs'],
});`,
    'migrations/1700000000000-users.cjs': `module.exports = class Users1700000000000 {
  async up(runner) {
    await runner.query('CREATE TABLE "users" ("id" serial PRIMARY KEY, "email" text NOT NULL)');
  }
};`,
  },
  change: {
    'migrations/1700000000001-active.cjs': `module.exports = class Active1700000000001 {
  async up(runner) {
    await runner.query('ALTER TABLE "users" ADD "active" boolean NOT NULL DEFAULT true');
    await runner.query('UPDATE "users" SET "active" = $1', [false]);
  }
};`,
    'migrations/1700000000002-index.cjs': `module.exports = class Index1700000000002 {
  async up(runner) {
    await runner.query('CREATE INDEX "users_email" ON "users" ("email")');
  }
};`,
  },
  expected: [
    {
      path: 'migrations/1700000000001-active.cjs',
      wrapping: 'deploy',
      statements: [
        'ALTER TABLE "users" ADD "active" boolean NOT NULL DEFAULT true',
        `UPDATE "users" SET "active" = 'f'`,
      ],
      lines: [3, 4],
    },
    {
      path: 'migrations/1700000000002-index.cjs',
      wrapping: 'deploy',
      statements: ['CREATE INDEX "users_email" ON "users" ("email")'],
      lines: [3],
    },
  ],
};

const journal = (...tags: readonly string[]) =>
  JSON.stringify({
    version: '7',
    dialect: 'postgresql',
    entries: tags.map((tag, idx) => ({
      idx,
      version: '7',
      when: 1_700_000_000_000 + idx,
      tag,
      breakpoints: true,
    })),
  });

const drizzle: ToolProject = {
  name: 'Drizzle',
  command: 'node migrate.mjs',
  base: {
    'migrate.mjs': `import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
await migrate(drizzle(pool), { migrationsFolder: 'drizzle' });
await pool.end();`,
    'drizzle/meta/_journal.json': journal('0000_users'),
    'drizzle/0000_users.sql': 'CREATE TABLE "users" ("id" serial PRIMARY KEY, "email" text NOT NULL);',
  },
  change: {
    'drizzle/meta/_journal.json': journal('0000_users', '0001_active'),
    'drizzle/0001_active.sql': `-- Everybody is.
ALTER TABLE "users" ADD COLUMN "active" boolean DEFAULT true;--> statement-breakpoint
CREATE INDEX "users_email" ON "users" ("email");`,
  },
  expected: [
    {
      path: 'drizzle/0001_active.sql',
      wrapping: 'transaction',
      statements: [
        'ALTER TABLE "users" ADD COLUMN "active" boolean DEFAULT true',
        'CREATE INDEX "users_email" ON "users" ("email")',
      ],
      lines: [2, 3],
    },
  ],
};

const nodePgMigrate: ToolProject = {
  name: 'node-pg-migrate',
  command: 'node_modules/.bin/node-pg-migrate up',
  base: {
    'migrations/1700000000000_users.cjs': `exports.up = (pgm) => {
  pgm.createTable('users', { id: 'id', email: { type: 'text', notNull: true } });
};`,
  },
  change: {
    'migrations/1700000001000_active.cjs': `exports.up = (pgm) => {
  pgm.addColumns('users', { active: { type: 'boolean', default: true } });
  pgm.sql('UPDATE users SET active = false');
};`,
    'migrations/1700000002000_index.cjs': `exports.up = (pgm) => {
  pgm.noTransaction();
  pgm.createIndex('users', 'email', { concurrently: true });
};`,
  },
  expected: [
    {
      path: 'migrations/1700000001000_active.cjs',
      wrapping: 'transaction',
      statements: [
        'SET search_path TO "public"',
        'ALTER TABLE "users"\n  ADD "active" boolean DEFAULT true',
        'UPDATE users SET active = false',
      ],
      lines: [1, 2, 3],
    },
    {
      path: 'migrations/1700000002000_index.cjs',
      wrapping: 'statements',
      statements: [
        'SET search_path TO "public"',
        'CREATE INDEX CONCURRENTLY "users_email_index" ON "users" ("email")',
      ],
      lines: [1, 3],
    },
  ],
};

export const tools: readonly ToolProject[] = [knex, typeorm, drizzle, nodePgMigrate];
