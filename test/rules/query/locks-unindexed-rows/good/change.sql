CREATE INDEX CONCURRENTLY jobs_failed_idx ON jobs (run_at) WHERE state = 'failed';
