-- The queue of jobs: the library's own schema, in a schema of its own.

-- name: jobs_exist
-- Whether the queue is there.
--   out   found
SELECT to_regclass('jobs.procrastinate_jobs') IS NOT NULL AS found;

-- name: jobs_place
-- Where the library makes its tables: they are found by the search path of the worker.
CREATE SCHEMA IF NOT EXISTS jobs;
COMMENT ON SCHEMA jobs IS 'Queue and schedules (procrastinate); made by its own statements, which its releases change';
SET LOCAL search_path TO jobs;

-- name: jobs_rights
-- Who serves and works may put jobs there and take them; who reads may count them.
GRANT USAGE ON SCHEMA jobs TO sas_writer, sas_reader;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jobs TO sas_writer;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA jobs TO sas_writer;
GRANT SELECT ON ALL TABLES IN SCHEMA jobs TO sas_reader;
