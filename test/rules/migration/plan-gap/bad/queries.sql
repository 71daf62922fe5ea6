-- name: latest_version
SELECT max(version) FROM audits WHERE auditable_id = $1 AND auditable_type = $2;
