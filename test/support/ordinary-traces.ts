/** One statement: text, values, and what else the capture knows. */
type Sent = readonly [
  sql: string,
  params?: readonly unknown[],
  more?: { readonly rows?: number; readonly ms?: number },
];

/** What one request, job or session of a well-written application sends, on the tables of the shop. */
export interface Ordinary {
  readonly route: string;
  readonly sent: readonly Sent[];
}

const numbers = (count: number, from = 1) => Array.from({ length: count }, (_, index) => index + from);

const session = 'SELECT user_id FROM sessions WHERE token = $1 AND expires_at > now()';
const token = '6d0a9c0e-5d1c-4f6e-9f43-0d4f2d0b7a11';
const user = 'SELECT id, email, name FROM users WHERE id = $1';
const signedIn: readonly Sent[] = [
  [session, [token], { rows: 1 }],
  [user, [42], { rows: 1 }],
];
const byUser = 'SELECT id, status, total FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 20';
const itemsOf = 'SELECT order_id, product_id, quantity FROM order_items WHERE order_id = ANY ($1)';
const productsOf = 'SELECT id, title, price FROM products WHERE id = ANY ($1)';
const inTransaction = (...sent: readonly Sent[]): readonly Sent[] => [['BEGIN'], ...sent, ['COMMIT']];

export const ordinary: readonly Ordinary[] = [
  { route: 'GET /', sent: [['SELECT id, name FROM categories WHERE parent_id IS NULL', [], { rows: 12 }]] },
  { route: 'GET /account', sent: signedIn },
  {
    route: 'GET /account/orders',
    sent: [
      ...signedIn,
      [byUser, [42], { rows: 20 }],
      [itemsOf, [numbers(20)], { rows: 60 }],
      [productsOf, [numbers(48)], { rows: 48 }],
    ],
  },
  {
    route: 'GET /orders/:id',
    sent: [
      ...signedIn,
      ['SELECT id, status, total FROM orders WHERE id = $1', [7], { rows: 1 }],
      [itemsOf, [[7]], { rows: 3 }],
      [productsOf, [[1, 2, 3]], { rows: 3 }],
      ['SELECT amount FROM payments WHERE order_id = $1', [7], { rows: 1 }],
    ],
  },
  {
    route: 'GET /products/:id',
    sent: [
      ['SELECT id, title, price FROM products WHERE id = $1', [5], { rows: 1 }],
      [
        'SELECT t.name FROM tags t JOIN product_tags p ON p.tag_id = t.id WHERE p.product_id = $1',
        [5],
        { rows: 4 },
      ],
    ],
  },
  {
    route: 'GET /categories/:id',
    sent: [
      ['SELECT id, title FROM products WHERE category_id = $1 ORDER BY id LIMIT 24', [3], { rows: 24 }],
      [
        'SELECT product_id, tag_id FROM product_tags WHERE product_id = ANY ($1)',
        [numbers(24)],
        { rows: 72 },
      ],
      ['SELECT id, name FROM tags WHERE id = ANY ($1)', [numbers(30)], { rows: 30 }],
    ],
  },
  {
    route: 'GET /search',
    sent: [['SELECT id, name FROM users WHERE name ILIKE $1 LIMIT 20', ['%miller%'], { rows: 20 }]],
  },
  {
    route: 'GET /feed (keyset)',
    sent: numbers(4).map(
      (page): Sent => [
        'SELECT id, total FROM orders WHERE (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT 100',
        [`2026-0${page}-01`, page * 100],
        { rows: 100 },
      ],
    ),
  },
  {
    route: 'job export (keyset)',
    sent: numbers(30).map(
      (page): Sent => [
        'SELECT id, email FROM users WHERE id > $1 ORDER BY id LIMIT 1000',
        [page * 1000],
        { rows: 1000 },
      ],
    ),
  },
  { route: 'GET /healthz', sent: numbers(40).map((): Sent => ['SELECT 1', [], { rows: 1 }]) },
  { route: 'GET /readyz', sent: [['SELECT version()'], ['SELECT pg_is_in_recovery()'], ['SELECT 1']] },
  {
    route: 'connection',
    sent: [
      ["SET client_encoding TO 'UTF8'"],
      ["SET TIME ZONE 'UTC'"],
      ["SET statement_timeout = '30s'"],
      ['SHOW server_version'],
      ['SELECT oid, typname FROM pg_type WHERE typname = $1', ['hstore']],
      ['SELECT current_schema()'],
      ["SELECT set_config('search_path', 'public', false)"],
      ["SELECT * FROM information_schema.tables WHERE table_schema = 'public'"],
    ],
  },
  {
    route: 'POST /login',
    sent: [
      ['SELECT id, email, name FROM users WHERE email = $1', ['a@example.org'], { rows: 1 }],
      [
        'INSERT INTO sessions (user_id, expires_at) VALUES ($1, $2) RETURNING token',
        [42, '2026-12-01'],
        { rows: 1 },
      ],
      ['UPDATE users SET last_seen_at = now() WHERE id = $1', [42], { rows: 1 }],
    ],
  },
  {
    route: 'POST /logout',
    sent: [
      [session, [token], { rows: 1 }],
      ['DELETE FROM sessions WHERE token = $1', [token], { rows: 1 }],
    ],
  },
  {
    route: 'session store',
    sent: [
      [session, [token], { rows: 1 }],
      ['UPDATE sessions SET expires_at = $2 WHERE token = $1', [token, '2026-12-02'], { rows: 1 }],
      [session, [token], { rows: 1 }],
    ],
  },
  {
    route: 'POST /orders',
    sent: inTransaction(
      [
        'INSERT INTO orders (user_id, status, total) VALUES ($1, $2, $3) RETURNING id',
        [42, 'open', 10],
        { rows: 1 },
      ],
      [
        'INSERT INTO order_items (order_id, product_id, quantity) VALUES ($1, $2, $3), ($4, $5, $6)',
        [7, 1, 2, 7, 2, 1],
        { rows: 2 },
      ],
      ['INSERT INTO payments (order_id, amount) VALUES ($1, $2)', [7, 10], { rows: 1 }],
    ),
  },
  {
    route: 'PATCH /orders/:id',
    sent: inTransaction(
      ['SELECT id, status FROM orders WHERE id = $1 FOR UPDATE', [7], { rows: 1 }],
      ['UPDATE orders SET status = $2 WHERE id = $1', [7, 'paid'], { rows: 1 }],
      [
        'INSERT INTO events (id, user_id, kind, at) VALUES ($1, $2, $3, $4)',
        [1, 42, 'paid', '2026-03-01'],
        { rows: 1 },
      ],
    ),
  },
  {
    route: 'POST /orders/:id (retry)',
    sent: [
      ...numbers(3).flatMap((n): readonly Sent[] => [
        ['BEGIN ISOLATION LEVEL SERIALIZABLE'],
        ['SELECT total FROM orders WHERE id = $1', [7], { rows: 1 }],
        ['UPDATE orders SET total = $2 WHERE id = $1', [7, 10], { rows: 1 }],
        [n < 3 ? 'ROLLBACK' : 'COMMIT'],
      ]),
    ],
  },
  {
    route: 'PUT /cart',
    sent: inTransaction(
      ['DELETE FROM order_items WHERE order_id = $1 AND product_id <> ALL ($2)', [7, [1, 2]], { rows: 1 }],
      [
        'INSERT INTO order_items (order_id, product_id, quantity) SELECT $1, p, q FROM unnest($2::bigint[], $3::int[]) AS v (p, q) ON CONFLICT (order_id, product_id) DO UPDATE SET quantity = excluded.quantity',
        [7, [1, 2], [1, 1]],
        { rows: 2 },
      ],
    ),
  },
  {
    route: 'outbox poller',
    sent: numbers(20).flatMap((n): readonly Sent[] =>
      inTransaction([
        'SELECT id, payload FROM jobs WHERE queue = $1 AND state = $2 ORDER BY run_at LIMIT 10 FOR UPDATE SKIP LOCKED',
        ['mail', 'ready'],
        { rows: n % 5 === 0 ? 1 : 0 },
      ]),
    ),
  },
  {
    route: 'job worker',
    sent: inTransaction([
      "UPDATE jobs SET state = 'running' WHERE id = (SELECT id FROM jobs WHERE queue = $1 AND state = 'ready' ORDER BY run_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id, payload",
      ['mail'],
      { rows: 1 },
    ]).concat([["UPDATE jobs SET state = 'done' WHERE id = $1", [9], { rows: 1 }]]),
  },
  {
    route: 'GraphQL (batch loader)',
    sent: [
      ['SELECT id, user_id FROM orders WHERE user_id = ANY ($1) LIMIT 50', [[42]], { rows: 50 }],
      ['SELECT id, name FROM users WHERE id IN ($1, $2, $3)', [1, 2, 3], { rows: 3 }],
      [itemsOf, [numbers(50)], { rows: 150 }],
      [productsOf, [numbers(100)], { rows: 100 }],
      ['SELECT id, name FROM categories WHERE id = ANY ($1)', [numbers(9)], { rows: 9 }],
    ],
  },
  {
    route: 'chunks',
    sent: [
      ['SELECT id FROM products WHERE category_id = $1 ORDER BY id', [3], { rows: 5000 }],
      ...numbers(5).map((n): Sent => [productsOf, [numbers(1000, n * 1000)], { rows: 1000 }]),
    ],
  },
  {
    route: 'chunks by IN',
    sent: [
      ['SELECT id FROM products WHERE category_id = $1 ORDER BY id', [4], { rows: 500 }],
      ...numbers(6).map(
        (n): Sent => [
          'SELECT id, title FROM products WHERE id IN ($1, $2, $3, $4, $5)',
          numbers(5, n * 5),
          { rows: 5 },
        ],
      ),
    ],
  },
  {
    route: 'import in batches',
    sent: numbers(8).flatMap((n): readonly Sent[] =>
      inTransaction([
        'INSERT INTO products (sku, title, price, category_id) VALUES ($1, $2, $3, $4), ($5, $6, $7, $8)',
        [`a${n}`, 'a', 1, 1, `b${n}`, 'b', 2, 1],
        { rows: 2 },
      ]),
    ),
  },
  {
    route: 'savepoints',
    sent: [
      ['BEGIN'],
      ['SAVEPOINT one'],
      ['INSERT INTO tags (name) VALUES ($1)', ['new'], { rows: 1 }],
      ['RELEASE SAVEPOINT one'],
      ['SAVEPOINT two'],
      [user, [1], { rows: 1 }],
      ['ROLLBACK TO SAVEPOINT two'],
      ['ROLLBACK'],
    ],
  },
  {
    route: 'GET /dashboard',
    sent: [
      ["SELECT count(*) FROM orders WHERE status = 'open'", [], { rows: 1, ms: 12 }],
      ['SELECT max(created_at) FROM orders', [], { rows: 1, ms: 3 }],
      ['SELECT status, count(*) FROM orders WHERE user_id = $1 GROUP BY status', [42], { rows: 4, ms: 9 }],
      ['SELECT key, value FROM settings', [], { rows: 30, ms: 2 }],
    ],
  },
  {
    route: 'GET /settings',
    sent: [
      ['SELECT key, value FROM settings', [], { rows: 30 }],
      ['SELECT code, name FROM countries ORDER BY name', [], { rows: 250 }],
    ],
  },
  {
    route: 'few by key',
    sent: [
      ['SELECT key, value FROM settings', [], { rows: 30 }],
      ...['theme', 'locale', 'zone'].map(
        (key): Sent => ['SELECT value FROM settings WHERE key = $1', [key], { rows: 1 }],
      ),
    ],
  },
  {
    route: 'permissions',
    sent: [
      [session, [token], { rows: 1 }],
      ['SELECT EXISTS (SELECT FROM orders WHERE user_id = $1)', [42], { rows: 1 }],
      ['SELECT EXISTS (SELECT FROM payments WHERE order_id = $1)', [7], { rows: 1 }],
    ],
  },
  {
    route: 'locks',
    sent: inTransaction(
      ['SELECT pg_advisory_xact_lock($1)', [7], { rows: 1 }],
      ['SELECT total FROM orders WHERE id = $1', [7], { rows: 1 }],
    ),
  },
  {
    route: 'numbers',
    sent: numbers(6).map((): Sent => ["SELECT nextval('orders_id_seq')", [], { rows: 1 }]),
  },
  {
    route: 'GET /profile (two queries with a join)',
    sent: [
      [
        'SELECT u.id, t.name FROM users u JOIN tenants t ON t.id = u.tenant_id WHERE u.id = $1',
        [42],
        { rows: 1 },
      ],
      [
        'SELECT o.id, i.product_id FROM orders o LEFT JOIN order_items i ON i.order_id = o.id WHERE o.user_id = $1 LIMIT 200',
        [42],
        { rows: 200 },
      ],
    ],
  },
  {
    route: 'temporary table',
    sent: [
      ['BEGIN'],
      ['CREATE TEMPORARY TABLE chosen (id bigint) ON COMMIT DROP'],
      ['INSERT INTO chosen SELECT unnest($1::bigint[])', [numbers(50)], { rows: 50 }],
      ['COMMIT'],
    ],
  },
  {
    route: 'validation',
    sent: inTransaction(
      ...numbers(4).flatMap((n): readonly Sent[] => [
        ['SELECT 1 AS one FROM tags WHERE name = $1 LIMIT 1', [`t${n}`], { rows: 0 }],
      ]),
      ['INSERT INTO tags (name) VALUES ($1), ($2), ($3), ($4)', ['t1', 't2', 't3', 't4'], { rows: 4 }],
    ),
  },
  {
    route: 'after a write',
    sent: inTransaction(
      ['SELECT status FROM orders WHERE id = $1', [7], { rows: 1 }],
      ['UPDATE orders SET status = $2 WHERE id = $1', [7, 'sent'], { rows: 1 }],
      ['SELECT status FROM orders WHERE id = $1', [7], { rows: 1 }],
    ),
  },
];
