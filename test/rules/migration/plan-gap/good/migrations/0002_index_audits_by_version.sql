CREATE INDEX CONCURRENTLY audits_auditable_version_idx ON audits (auditable_type, auditable_id, version);
