import createKnex from 'knex';
import configuration from '../knexfile.js';

export const database = createKnex(configuration);
