export async function up(knex) {
  await knex.schema.createTable('items', (table) => {
    table.bigIncrements('id');
    table.bigInteger('order_id').notNullable().references('orders.id').index();
    table.text('product').notNullable();
    table.integer('quantity').notNullable();
  });
}

export async function down(knex) {
  await knex.schema.dropTable('items');
}
