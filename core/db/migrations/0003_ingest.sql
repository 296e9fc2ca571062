-- depends: 0002_territory
-- What each load did: runs, rejected rows. Staging tables live here too, made and dropped by the loader.
CREATE SCHEMA ingest;
COMMENT ON SCHEMA ingest IS 'Runs, rejected rows, staging';

CREATE TABLE ingest.run (
  run_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source text NOT NULL,
  state text NOT NULL CHECK (state IN ('running', 'checked', 'applied', 'failed')),
  stage text NOT NULL DEFAULT 'read',
  started_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  source_date date,
  files jsonb NOT NULL DEFAULT '[]',
  fingerprint text NOT NULL,
  counts jsonb NOT NULL DEFAULT '{}',
  error text
);
COMMENT ON COLUMN ingest.run.state IS 'checked = dry run complete, applied = in service, failed = stopped with error; running with a dead process = interrupted';
COMMENT ON COLUMN ingest.run.files IS '[{"name", "bytes", "sha256", "date"}]';
COMMENT ON COLUMN ingest.run.fingerprint IS 'Digest of the files and of the reader''s version: same fingerprint, same tables';
COMMENT ON COLUMN ingest.run.counts IS 'Counts at each stage: read, kept, rejected by reason, added, changed, removed, by position level…';
CREATE INDEX run_source_idx ON ingest.run (source, run_id DESC);

CREATE TABLE ingest.rejection (
  run_id bigint NOT NULL REFERENCES ingest.run ON DELETE CASCADE,
  stage text NOT NULL,
  file text NOT NULL,
  line bigint NOT NULL,
  reason text NOT NULL,
  detail text,
  raw text
);
COMMENT ON COLUMN ingest.rejection.stage IS 'Step of the load that refused the row: done again, its rejections are dropped first';
COMMENT ON COLUMN ingest.rejection.raw IS 'The row as read, cut at 2,000 characters; dropped with the next run of the same source';
CREATE INDEX rejection_run_idx ON ingest.rejection (run_id, reason);

GRANT USAGE, CREATE ON SCHEMA ingest TO sas_loader;
GRANT USAGE ON SCHEMA ingest TO sas_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA ingest TO sas_reader;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA ingest TO sas_loader;
REVOKE ALL ON ingest.rejection FROM sas_reader;
