DROP INDEX CONCURRENTLY audits_auditable_idx;
