import { driverModules } from './drivers.ts';
import { guarded } from './guard.ts';
import { Journal } from './journal.ts';
import { watchModules } from './modules.ts';

/**
 * Runs in a program before the program itself (`node --require`), and writes down which lines of it send queries,
 * and for which requests. It changes nothing of what the program does or sends.
 */
guarded(() => {
  const folder = process.env['PG_GUARDRAILS_CALL_SITES'];
  if (folder !== undefined) watchModules(driverModules(new Journal(folder)));
});
