CREATE TABLE audits (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    auditable_type text NOT NULL,
    auditable_id bigint NOT NULL,
    version integer NOT NULL,
    changes jsonb NOT NULL
);

CREATE INDEX audits_auditable_idx ON audits (auditable_type, auditable_id);
