-- name: bookkeeping
-- Where the digest of each applied file is kept, beside yoyo's own table of what was applied.
CREATE TABLE IF NOT EXISTS public.migration_digest (
  migration_id text PRIMARY KEY,
  sha256 text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE public.migration_digest IS 'Digest of each migration file as it was applied: an applied file is never edited';

-- name: bookkeeping_readable
-- Who serves may ask whether the schema is up to date.
GRANT SELECT ON public.migration_digest, public._yoyo_migration TO sas_reader;

-- name: bookkeeping_exists
-- Whether a migration was ever applied here.
--   out   found
SELECT to_regclass('public._yoyo_migration') IS NOT NULL AND to_regclass('public.migration_digest') IS NOT NULL
  AS found;

-- name: applied
-- Migrations applied, with the digest of the file; null when the run was cut before it was noted.
--   out   migration_id, sha256
SELECT y.migration_id, d.sha256
FROM public._yoyo_migration AS y
LEFT JOIN public.migration_digest AS d USING (migration_id);

-- name: note_digest
-- in    migration_id, sha256
INSERT INTO public.migration_digest (migration_id, sha256)
VALUES (%(migration_id)s, %(sha256)s)
ON CONFLICT DO NOTHING;

-- name: lock
-- One migration at a time on a database; waits for lock_timeout at most. Released with the session.
--   in    key
SELECT pg_advisory_lock(%(key)s);

-- name: tables
-- out   table_name: tables of the first schema of the search path, where yoyo keeps its own
SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema();
