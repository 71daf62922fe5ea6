export default {
  client: 'pg',
  connection: process.env.DATABASE_URL ?? 'postgresql://localhost/shop',
  migrations: { directory: './migrations' },
};
