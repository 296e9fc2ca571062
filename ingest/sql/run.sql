-- Bookkeeping of the loads. One load at a time per database; a run found `running` while the lock is held is
-- therefore dead.

-- name: lock_loads
-- Takes the lock of the loads for the session.
--   out   whether it was free
SELECT pg_try_advisory_lock(hashtext('sas.ingest'), 0) AS taken;

-- name: lock_holder
-- Who holds the lock of the loads.
--   out   pid of the backend
SELECT l.pid
FROM pg_locks AS l
WHERE l.locktype = 'advisory' AND l.granted
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.classid = (hashtext('sas.ingest')::bigint & 4294967295)::oid AND l.objid = 0;

-- name: start_run
--   in    source, source_date, files (jsonb), fingerprint
--   out   run_id
INSERT INTO ingest.run (source, state, source_date, files, fingerprint)
VALUES (%(source)s, 'running', %(source_date)s, %(files)s, %(fingerprint)s)
RETURNING run_id;

-- name: reopen_run
-- Carries on a run that was interrupted, or checked and kept aside.
UPDATE ingest.run SET state = 'running', ended_at = NULL, error = NULL
WHERE run_id = %(run_id)s;

-- name: unfinished_runs
-- Runs of every source that hold staging tables: interrupted, or checked and not applied; newest first.
SELECT run_id, source, state, stage, fingerprint, counts
FROM ingest.run
WHERE state = 'running'
   OR state = 'checked' AND EXISTS (
     SELECT FROM pg_class
     WHERE relnamespace = 'ingest'::regnamespace AND starts_with(relname, 'stage_' || run_id || '_')
   )
ORDER BY run_id DESC;

-- name: update_run
--   in    run_id, stage, counts (jsonb)
UPDATE ingest.run SET stage = %(stage)s, counts = %(counts)s WHERE run_id = %(run_id)s;

-- name: end_run
--   in    run_id, state, counts (jsonb), error (text or null)
UPDATE ingest.run
SET state = %(state)s, counts = %(counts)s, error = %(error)s, ended_at = clock_timestamp()
WHERE run_id = %(run_id)s;

-- name: previous_applied
-- The load of a source that is in service.
--   in    source
--   out   run_id, fingerprint, counts, source_date, ended_at, files
--   uses  run_source_idx
SELECT run_id, fingerprint, counts, source_date, ended_at, files
FROM ingest.run
WHERE source = %(source)s AND state = 'applied'
ORDER BY run_id DESC
LIMIT 1;

-- name: drop_rejections_of_run
DELETE FROM ingest.rejection WHERE run_id = %(run_id)s;

-- name: drop_rejections_after
-- Rejected rows of the steps that will be done again.
--   in    run_id, done (text[], complete steps)
DELETE FROM ingest.rejection WHERE run_id = %(run_id)s AND stage <> ALL (%(done)s::text[]);

-- name: drop_former_rejections
-- Rejected rows of the earlier runs of a source; only those of the load in service are kept.
--   in    source, run_id
DELETE FROM ingest.rejection
WHERE run_id IN (SELECT run_id FROM ingest.run WHERE source = %(source)s AND run_id < %(run_id)s);

-- name: copy_rejections
COPY ingest.rejection (run_id, stage, file, line, reason, detail, raw) FROM STDIN;

-- name: staging_tables
-- Staging tables of one run.
--   in    prefix (text, LIKE pattern)
--   out   name
SELECT relname AS name
FROM pg_class
WHERE relnamespace = 'ingest'::regnamespace AND relkind = 'r' AND relname LIKE %(prefix)s
ORDER BY relname;

-- name: run_by_id
--   in    run_id (null = the newest)
SELECT run_id, source, state, stage, started_at, ended_at, source_date, files, fingerprint, counts, error
FROM ingest.run
WHERE %(run_id)s::bigint IS NULL OR run_id = %(run_id)s
ORDER BY run_id DESC
LIMIT 1;

-- name: rejections_by_reason
--   in    run_id
--   out   reason, rows
--   uses  rejection_run_idx
SELECT reason, count(*) AS rows
FROM ingest.rejection
WHERE run_id = %(run_id)s
GROUP BY reason
ORDER BY rows DESC, reason;

-- name: rejection_samples
-- The first rejected rows of each reason.
--   in    run_id, per_reason
--   uses  rejection_run_idx
SELECT reason, file, line, detail, raw
FROM (
  SELECT r.*, row_number() OVER (PARTITION BY reason ORDER BY file, line) AS place
  FROM ingest.rejection AS r
  WHERE run_id = %(run_id)s
) AS numbered
WHERE place <= %(per_reason)s
ORDER BY reason, file, line;

-- name: sources_in_service
-- The load in service of each source.
SELECT DISTINCT ON (source) source, run_id, source_date, ended_at, counts
FROM ingest.run
WHERE state = 'applied'
ORDER BY source, run_id DESC;

-- name: drop_staging
-- Composed: table.
DROP TABLE IF EXISTS {table};

-- name: count_rows
-- Composed: table.
SELECT count(*) FROM {table};
