export async function up(knex) {
  await knex.schema.createTable('customers', (table) => {
    table.bigIncrements('id');
    table.text('name').notNullable();
  });
  await knex.schema.createTable('orders', (table) => {
    table.bigIncrements('id');
    table.bigInteger('customer_id').notNullable().references('customers.id').index();
    table.timestamp('ordered_at').notNullable().defaultTo(knex.fn.now());
  });
}

export async function down(knex) {
  await knex.schema.dropTable('orders');
  await knex.schema.dropTable('customers');
}
