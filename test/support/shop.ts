/** An ordinary application with the indexes that it needs. */
export const shopSchema = `
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE TABLE tenants (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, plan text NOT NULL);
  CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id bigint NOT NULL REFERENCES tenants,
    email varchar(200) NOT NULL UNIQUE,
    name text NOT NULL,
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz
  );
  CREATE INDEX users_tenant_id_idx ON users (tenant_id, created_at, id);
  CREATE UNIQUE INDEX users_lower_email_idx ON users (lower(email));
  CREATE INDEX users_name_idx ON users USING gin (name gin_trgm_ops);
  CREATE TABLE products (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sku text NOT NULL UNIQUE,
    title text NOT NULL,
    price numeric(10,2) NOT NULL,
    category_id int NOT NULL,
    attributes jsonb NOT NULL DEFAULT '{}'
  );
  CREATE INDEX products_category_id_idx ON products (category_id, id);
  CREATE INDEX products_attributes_idx ON products USING gin (attributes jsonb_path_ops);
  CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users,
    status text NOT NULL,
    total numeric(12,2) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX orders_user_id_idx ON orders (user_id, created_at DESC);
  CREATE INDEX orders_created_at_idx ON orders (created_at, id);
  CREATE INDEX orders_open_idx ON orders (created_at) WHERE status = 'open';
  CREATE TABLE order_items (
    order_id bigint NOT NULL REFERENCES orders,
    product_id bigint NOT NULL REFERENCES products,
    quantity int NOT NULL,
    PRIMARY KEY (order_id, product_id)
  );
  CREATE INDEX order_items_product_id_idx ON order_items (product_id);
  CREATE TABLE payments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id bigint NOT NULL REFERENCES orders,
    amount numeric(12,2) NOT NULL
  );
  CREATE INDEX payments_order_id_idx ON payments (order_id);
  CREATE TABLE jobs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    queue text NOT NULL,
    state text NOT NULL,
    run_at timestamptz NOT NULL DEFAULT now(),
    payload jsonb NOT NULL
  );
  CREATE INDEX jobs_ready_idx ON jobs (queue, run_at) WHERE state = 'ready';
  CREATE TABLE sessions (
    token uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id bigint NOT NULL REFERENCES users,
    expires_at timestamptz NOT NULL
  );
  CREATE INDEX sessions_user_id_idx ON sessions (user_id);
  CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);
  CREATE TABLE tags (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE);
  CREATE TABLE product_tags (
    product_id bigint NOT NULL REFERENCES products,
    tag_id int NOT NULL REFERENCES tags,
    PRIMARY KEY (product_id, tag_id)
  );
  CREATE INDEX product_tags_tag_id_idx ON product_tags (tag_id, product_id);
  CREATE TABLE settings (key text PRIMARY KEY, value text NOT NULL);
  CREATE TABLE countries (code char(2) PRIMARY KEY, name text NOT NULL);
  CREATE TABLE categories (id int PRIMARY KEY, parent_id int REFERENCES categories, name text NOT NULL);
  CREATE INDEX categories_parent_id_idx ON categories (parent_id);
  CREATE TABLE events (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (id, at)
  ) PARTITION BY RANGE (at);
  CREATE INDEX events_user_id_idx ON events (user_id, at);
  ${Array.from({ length: 12 }, (_, index) => {
    const day = (month: number) =>
      `${2026 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`;
    return `CREATE TABLE events_${index + 1} PARTITION OF events FOR VALUES FROM ('${day(index)}') TO ('${day(index + 1)}');`;
  }).join('\n')}
`;

/** Its sizes at production. */
export const shopSizes = `tables:
  tenants: { rows: 5k, columns: { plan: { distinct: 4 } } }
  users: { rows: 2M, columns: { name: { distinct: 1M }, created_at: { distinct: 2M }, email: { distinct: 2M } } }
  products: { rows: 300k, columns: { category_id: { distinct: 2000 }, attributes: { distinct: 300k } } }
  orders:
    rows: 30M
    columns:
      status: { distinct: 5, common: { done: 98%, open: 0.01% } }
      created_at: { distinct: 25M, correlation: 1 }
      user_id: { distinct: 2M }
  order_items: { rows: 90M, columns: { order_id: { distinct: 30M }, product_id: { distinct: 300k } } }
  payments: { rows: 30M, columns: { order_id: { distinct: 29M } } }
  jobs:
    rows: 5M
    columns:
      state: { distinct: 4, common: { done: 99.9%, ready: 0.02% } }
      queue: { distinct: 10 }
      run_at: { distinct: 5M }
  sessions: { rows: 3M, columns: { expires_at: { distinct: 3M } } }
  tags: { rows: 500 }
  product_tags: { rows: 900k, columns: { product_id: { distinct: 300k } } }
  settings: { rows: 30 }
  countries: { rows: 250 }
  categories: { rows: 2000 }
  events: { rows: 60M, columns: { user_id: { distinct: 2M }, kind: { distinct: 20 }, at: { distinct: 50M } } }
`;
