/** The role that the pull request's SQL runs as: it owns its databases and is no superuser. */
export const owner = 'guardrails';

/**
 * The role that runs the server. It has a name of its own, because dumps and migrations mean another role by
 * `postgres`: one that owns things, and that the owner can act as.
 */
export const superuser = 'guardrails_superuser';
