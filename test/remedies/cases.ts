/** What a remedy must look like: the texts of its files, one line a statement. */
export interface Case {
  readonly sql: string;
  /** Null where no remedy is known. `~` at the beginning of a file stands for a limit to waiting for locks. */
  readonly files: readonly string[] | null;
  /** Oldest major version that has it; before, there is none. */
  readonly since?: number;
}

const keyFilled = 'in batches: UPDATE public.orders SET key = DEFAULT WHERE BATCH AND key IS NULL;';
const present = (column: string) => [
  `~ALTER TABLE public.orders ADD CONSTRAINT orders_${column}_present CHECK (${column} IS NOT NULL) NOT VALID;`,
  `ALTER TABLE public.orders VALIDATE CONSTRAINT orders_${column}_present;`,
];
const notNull = (column: string) =>
  `ALTER TABLE public.orders ALTER COLUMN ${column} SET NOT NULL;\nALTER TABLE public.orders DROP CONSTRAINT orders_${column}_present;`;

export const cases: readonly Case[] = [
  {
    sql: 'CREATE INDEX orders_total ON orders (total DESC) WHERE total > 1',
    files: [
      'CREATE INDEX CONCURRENTLY orders_total ON public.orders USING btree (total DESC) WHERE (total > 1);',
    ],
  },
  {
    sql: 'CREATE INDEX IF NOT EXISTS "Odd name" ON "Order Items" ("select")',
    files: ['CREATE INDEX CONCURRENTLY "Odd name" ON public."Order Items" USING btree ("select");'],
  },
  {
    sql: 'CREATE INDEX events_id ON events (id)',
    files: [
      '~CREATE INDEX events_id ON ONLY public.events USING btree (id);',
      'CREATE INDEX CONCURRENTLY events_2025_id_idx ON public.events_2025 USING btree (id);',
      'CREATE INDEX CONCURRENTLY events_2026_id_idx ON public.events_2026 USING btree (id);',
      '~ALTER INDEX public.events_id ATTACH PARTITION public.events_2025_id_idx;\nALTER INDEX public.events_id ATTACH PARTITION public.events_2026_id_idx;',
    ],
  },
  { sql: 'DROP INDEX orders_state', files: ['DROP INDEX CONCURRENTLY public.orders_state;'] },
  { sql: 'REINDEX TABLE orders', files: ['REINDEX TABLE CONCURRENTLY orders;'] },
  { sql: 'REINDEX INDEX orders_state', files: ['REINDEX INDEX CONCURRENTLY orders_state;'] },
  {
    sql: 'REFRESH MATERIALIZED VIEW totals',
    files: ['REFRESH MATERIALIZED VIEW CONCURRENTLY totals;'],
  },
  {
    sql: 'ALTER TABLE orders ALTER COLUMN total SET NOT NULL',
    files: [...present('total'), `~${notNull('total')}`],
  },
  {
    sql: 'ALTER TABLE "Order Items" ADD CHECK ("select" > 0)',
    files: [
      '~ALTER TABLE public."Order Items" ADD CONSTRAINT "Order Items_select_check" CHECK (("select" > 0)) NOT VALID;',
      'ALTER TABLE public."Order Items" VALIDATE CONSTRAINT "Order Items_select_check";',
    ],
  },
  {
    sql: 'ALTER TABLE events ADD CHECK (id > 0)',
    files: [
      '~ALTER TABLE public.events ADD CONSTRAINT events_id_check CHECK ((id > 0)) NOT VALID;',
      'ALTER TABLE public.events VALIDATE CONSTRAINT events_id_check;',
    ],
  },
  {
    sql: 'ALTER TABLE orders ADD FOREIGN KEY (account_id) REFERENCES accounts ON DELETE CASCADE',
    files: [
      '~ALTER TABLE public.orders ADD CONSTRAINT orders_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE NOT VALID;',
      'ALTER TABLE public.orders VALIDATE CONSTRAINT orders_account_id_fkey;',
    ],
  },
  {
    sql: 'ALTER TABLE events ADD FOREIGN KEY (id) REFERENCES accounts',
    since: 18,
    files: [
      '~ALTER TABLE public.events ADD CONSTRAINT events_id_fkey FOREIGN KEY (id) REFERENCES public.accounts(id) NOT VALID;',
      'ALTER TABLE public.events VALIDATE CONSTRAINT events_id_fkey;',
    ],
  },
  {
    sql: 'ALTER TABLE orders ADD UNIQUE (total) DEFERRABLE INITIALLY DEFERRED',
    files: [
      'CREATE UNIQUE INDEX CONCURRENTLY orders_total_key ON public.orders USING btree (total);',
      '~ALTER TABLE public.orders ADD CONSTRAINT orders_total_key UNIQUE USING INDEX orders_total_key DEFERRABLE INITIALLY DEFERRED;',
    ],
  },
  {
    sql: 'ALTER TABLE events_2027 ADD PRIMARY KEY (id)',
    files: [
      '~ALTER TABLE public.events_2027 ADD CONSTRAINT events_2027_id_present CHECK (id IS NOT NULL) NOT VALID;',
      'ALTER TABLE public.events_2027 VALIDATE CONSTRAINT events_2027_id_present;',
      '~ALTER TABLE public.events_2027 ALTER COLUMN id SET NOT NULL;\nALTER TABLE public.events_2027 DROP CONSTRAINT events_2027_id_present;',
      'CREATE UNIQUE INDEX CONCURRENTLY events_2027_pkey ON public.events_2027 USING btree (id);',
      '~ALTER TABLE public.events_2027 ADD CONSTRAINT events_2027_pkey PRIMARY KEY USING INDEX events_2027_pkey;',
    ],
  },
  // An exclusion constraint has no other form.
  { sql: 'ALTER TABLE orders ADD EXCLUDE USING btree (total WITH =)', files: null },
  {
    sql: 'ALTER TABLE orders ADD COLUMN code int DEFAULT 1 NOT NULL REFERENCES accounts CHECK (code > 0), ALTER state DROP DEFAULT',
    files: [
      [
        '~ALTER TABLE public.orders ADD COLUMN code integer DEFAULT 1 NOT NULL;',
        'ALTER TABLE public.orders ALTER COLUMN state DROP DEFAULT;',
        'ALTER TABLE public.orders ADD CONSTRAINT orders_code_check CHECK ((code > 0)) NOT VALID;',
      ].join('\n'),
      'ALTER TABLE public.orders VALIDATE CONSTRAINT orders_code_check;',
      '~ALTER TABLE public.orders ADD CONSTRAINT orders_code_fkey FOREIGN KEY (code) REFERENCES public.accounts(id) NOT VALID;',
      'ALTER TABLE public.orders VALIDATE CONSTRAINT orders_code_fkey;',
    ],
  },
  {
    sql: 'ALTER TABLE orders ADD COLUMN code text COLLATE "C" UNIQUE',
    files: [
      '~ALTER TABLE public.orders ADD COLUMN code text COLLATE "C";',
      'CREATE UNIQUE INDEX CONCURRENTLY orders_code_key ON public.orders USING btree (code);',
      '~ALTER TABLE public.orders ADD CONSTRAINT orders_code_key UNIQUE USING INDEX orders_code_key;',
    ],
  },
  {
    sql: 'ALTER TABLE orders ADD COLUMN key uuid NOT NULL DEFAULT gen_random_uuid()',
    files: [
      '~ALTER TABLE public.orders ADD COLUMN key uuid;\nALTER TABLE public.orders ALTER COLUMN key SET DEFAULT gen_random_uuid();',
      keyFilled,
      ...present('key'),
      `~${notNull('key')}`,
    ],
  },
  {
    sql: 'ALTER TABLE log ADD COLUMN key uuid DEFAULT gen_random_uuid()',
    files: [
      '~ALTER TABLE public.log ADD COLUMN key uuid;\nALTER TABLE public.log ALTER COLUMN key SET DEFAULT gen_random_uuid();',
      'in batches: UPDATE public.log SET key = DEFAULT WHERE BATCH AND key IS NULL;',
    ],
  },
  {
    sql: 'ALTER TABLE orders ADD COLUMN key serial',
    files: [
      [
        '~CREATE SEQUENCE public.orders_key_seq AS integer;',
        'ALTER TABLE public.orders ADD COLUMN key integer;',
        'ALTER SEQUENCE public.orders_key_seq OWNED BY public.orders.key;',
        "ALTER TABLE public.orders ALTER COLUMN key SET DEFAULT nextval('public.orders_key_seq'::regclass);",
      ].join('\n'),
      keyFilled,
      ...present('key'),
      `~${notNull('key')}`,
    ],
  },
  {
    sql: 'ALTER TABLE orders ADD COLUMN key int GENERATED ALWAYS AS IDENTITY',
    files: [
      [
        '~CREATE SEQUENCE public.orders_key_fill AS integer;',
        'ALTER TABLE public.orders ADD COLUMN key integer;',
        "ALTER TABLE public.orders ALTER COLUMN key SET DEFAULT nextval('public.orders_key_fill');",
      ].join('\n'),
      keyFilled,
      ...present('key'),
      [
        `~${notNull('key')}`,
        'ALTER TABLE public.orders ALTER COLUMN key DROP DEFAULT;',
        'ALTER TABLE public.orders ALTER COLUMN key ADD GENERATED ALWAYS AS IDENTITY;',
        "SELECT setval(pg_get_serial_sequence('public.orders', 'key'), nextval('public.orders_key_fill'));",
        'DROP SEQUENCE public.orders_key_fill;',
      ].join('\n'),
    ],
  },
  // The final schema of any other way is another one.
  { sql: 'ALTER TABLE orders ADD COLUMN p positive', files: null },
  { sql: 'ALTER TABLE orders ADD COLUMN p int GENERATED ALWAYS AS (total + 1) STORED', files: null },
  {
    sql: 'ALTER TABLE orders ALTER COLUMN note TYPE varchar(20)',
    files: [
      [
        '~ALTER TABLE public.orders ADD COLUMN note_new character varying(20);',
        'CREATE FUNCTION public.orders_note_new() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note_new := (SELECT note FROM (SELECT NEW.*) AS orders); RETURN NEW; END $$;',
        'CREATE TRIGGER orders_note_new BEFORE INSERT OR UPDATE ON public.orders FOR EACH ROW EXECUTE FUNCTION public.orders_note_new();',
      ].join('\n'),
      'in batches: UPDATE public.orders SET note_new = note WHERE BATCH AND note_new IS NULL AND note IS NOT NULL;',
      ...present('note_new'),
      `~${notNull('note_new')}`,
      "CREATE INDEX CONCURRENTLY orders_note_new ON public.orders USING btree (lower((note_new)::text)) WHERE ((note_new)::text <> 'x'::text);",
      "~ALTER TABLE public.orders ADD CONSTRAINT orders_note_check_new CHECK (((note_new)::text <> ''::text)) NOT VALID;",
      'ALTER TABLE public.orders VALIDATE CONSTRAINT orders_note_check_new;',
      [
        '~DROP TRIGGER orders_note_new ON public.orders;',
        'DROP FUNCTION public.orders_note_new();',
        'ALTER TABLE public.orders DROP COLUMN note;',
        'ALTER TABLE public.orders RENAME COLUMN note_new TO note;',
        "ALTER TABLE public.orders ALTER COLUMN note SET DEFAULT 'none'::character varying;",
        'ALTER INDEX public.orders_note_new RENAME TO orders_note;',
        'ALTER TABLE public.orders RENAME CONSTRAINT orders_note_check_new TO orders_note_check;',
      ].join('\n'),
    ],
  },
  {
    sql: 'ALTER TABLE orders ALTER COLUMN id TYPE int USING (orders.id + 1)::int',
    files: [
      [
        '~ALTER TABLE public.orders ADD COLUMN id_new integer;',
        'CREATE FUNCTION public.orders_id_new() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.id_new := (SELECT ((orders.id + 1)::int) FROM (SELECT NEW.*) AS orders); RETURN NEW; END $$;',
        'CREATE TRIGGER orders_id_new BEFORE INSERT OR UPDATE ON public.orders FOR EACH ROW EXECUTE FUNCTION public.orders_id_new();',
      ].join('\n'),
      'in batches: UPDATE public.orders SET id_new = ((orders.id + 1)::int) WHERE BATCH AND id_new IS NULL AND id IS NOT NULL;',
      ...present('id_new'),
      `~${notNull('id_new')}`,
      'CREATE UNIQUE INDEX CONCURRENTLY orders_pkey_new ON public.orders USING btree (id_new);',
      [
        '~DROP TRIGGER orders_id_new ON public.orders;',
        'DROP FUNCTION public.orders_id_new();',
        'ALTER TABLE public.orders DROP COLUMN id;',
        'ALTER TABLE public.orders RENAME COLUMN id_new TO id;',
        'ALTER TABLE public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_pkey_new;',
      ].join('\n'),
    ],
  },
  {
    sql: "ALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')",
    files: [
      "~ALTER TABLE public.events_2027 ADD CONSTRAINT events_2027_bound CHECK (((day IS NOT NULL) AND (day >= '2027-01-01'::date) AND (day < '2028-01-01'::date))) NOT VALID;",
      'ALTER TABLE public.events_2027 VALIDATE CONSTRAINT events_2027_bound;',
      "~ALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');\nALTER TABLE public.events_2027 DROP CONSTRAINT events_2027_bound;",
    ],
  },
  {
    sql: "CREATE TABLE visits_2028 PARTITION OF visits FOR VALUES FROM ('2028-01-01') TO ('2029-01-01')",
    files: [
      "~ALTER TABLE public.visits_other ADD CONSTRAINT visits_other_bound CHECK ((NOT ((day IS NOT NULL) AND ((day >= '2028-01-01'::date) AND (day < '2029-01-01'::date))))) NOT VALID;",
      'ALTER TABLE public.visits_other VALIDATE CONSTRAINT visits_other_bound;',
      [
        '~CREATE TABLE public.visits_2028 (LIKE public.visits INCLUDING ALL);',
        "ALTER TABLE public.visits ATTACH PARTITION public.visits_2028 FOR VALUES FROM ('2028-01-01') TO ('2029-01-01');",
        'ALTER TABLE public.visits_other DROP CONSTRAINT visits_other_bound;',
      ].join('\n'),
    ],
  },
  {
    sql: 'ALTER TABLE events DETACH PARTITION events_2025',
    files: [
      'ALTER TABLE public.events DETACH PARTITION public.events_2025 CONCURRENTLY;',
      '~ALTER TABLE public.events_2025 DROP CONSTRAINT IF EXISTS events_2025_day_check;',
    ],
  },
  {
    sql: "UPDATE orders SET state = 'where' WHERE total > 0",
    files: ["in batches: UPDATE orders SET state = 'where' WHERE BATCH AND (total > 0);"],
  },
  {
    sql: 'DELETE FROM orders AS o WHERE o.total > 10 OR o.total < 5',
    files: ['in batches: DELETE FROM orders AS o WHERE BATCH AND (o.total > 10 OR o.total < 5);'],
  },
  // Run again after an interruption, it would come to another result.
  { sql: 'UPDATE orders SET total = total + 1', files: null },
  {
    sql: "UPDATE orders SET state = 'done' -- all of them\n",
    files: ["in batches: UPDATE orders SET state = 'done' -- all of them\nWHERE BATCH;"],
  },
  {
    sql: "UPDATE orders SET state = 'done' WHERE total > 0 -- of worth\n",
    files: ["in batches: UPDATE orders SET state = 'done' WHERE BATCH AND (total > 0 -- of worth\n);"],
  },
  // Another batch would read what one has changed.
  { sql: 'DELETE FROM orders WHERE id IN (SELECT id FROM orders ORDER BY total LIMIT 100)', files: null },
  { sql: 'UPDATE orders SET id = -id', files: null },
  {
    sql: 'ALTER TABLE orders ADD COLUMN active boolean; UPDATE orders SET active = true',
    files: [
      '~ALTER TABLE orders ADD COLUMN active boolean;',
      'in batches: UPDATE orders SET active = true WHERE BATCH;',
    ],
  },
  {
    sql: 'BEGIN; ALTER TABLE orders ADD CONSTRAINT a CHECK (total > 0) NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT a; COMMIT',
    files: [
      '~ALTER TABLE orders ADD CONSTRAINT a CHECK (total > 0) NOT VALID;',
      'ALTER TABLE orders VALIDATE CONSTRAINT a;',
    ],
  },
  {
    sql: 'DROP INDEX orders_state; CREATE INDEX CONCURRENTLY orders_state_total ON orders (state, total)',
    files: [
      'CREATE INDEX CONCURRENTLY orders_state_total ON orders (state, total);',
      'DROP INDEX CONCURRENTLY public.orders_state;',
    ],
  },
  {
    sql: 'DROP INDEX CONCURRENTLY orders_state; CREATE INDEX CONCURRENTLY orders_state ON orders (state, total)',
    files: [
      'CREATE INDEX CONCURRENTLY orders_state_new ON public.orders USING btree (state, total);',
      'DROP INDEX CONCURRENTLY public.orders_state;',
      '~ALTER INDEX public.orders_state_new RENAME TO orders_state;',
    ],
  },
  {
    sql: 'CREATE TABLE fresh (id int); CREATE INDEX ON orders (total); INSERT INTO fresh VALUES (1)',
    files: [
      'CREATE TABLE fresh (id int);',
      'CREATE INDEX CONCURRENTLY orders_total_idx ON public.orders USING btree (total);',
      'INSERT INTO fresh VALUES (1);',
    ],
  },
  {
    sql: "SET lock_timeout = '5s'; SET search_path = public, pg_temp; ALTER TABLE orders ADD c int; CREATE INDEX c ON orders (c)",
    files: [
      "SET LOCAL lock_timeout = '5s';\nSET LOCAL search_path = public, pg_temp;\nALTER TABLE orders ADD c int;",
      'CREATE INDEX CONCURRENTLY c ON public.orders USING btree (c);',
    ],
  },
  {
    sql: "SET lock_timeout = '5s'; ALTER TABLE orders ADD c int; RESET lock_timeout; SET work_mem = '1GB'; CREATE INDEX c ON orders (c); ALTER TABLE orders ADD d int",
    files: [
      "SET LOCAL lock_timeout = '5s';\nALTER TABLE orders ADD c int;",
      'CREATE INDEX CONCURRENTLY c ON public.orders USING btree (c);',
      "SET LOCAL work_mem = '1GB';\n~ALTER TABLE orders ADD d int;",
    ],
  },
  { sql: 'ALTER TABLE orders ADD COLUMN c int', files: ['~ALTER TABLE orders ADD COLUMN c int;'] },
  { sql: "SET lock_timeout = '2s'; ALTER TABLE orders ADD COLUMN c int", files: null },
  { sql: 'SAVEPOINT a; CREATE INDEX ON orders (total); ROLLBACK TO a', files: null },
  { sql: 'CREATE INDEX CONCURRENTLY ON orders (total)', files: null },
];
