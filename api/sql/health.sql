-- name: data_in_service
-- Newest load in service of each source.
--   out   source, run_id, source_date, ended_at
--   uses  run_source_idx
SELECT DISTINCT ON (source) source, run_id, source_date, ended_at
FROM ingest.run
WHERE state = 'applied'
ORDER BY source, run_id DESC;

-- name: offers_located
-- Whether at least one offer can be found by a search.
--   out   found
SELECT EXISTS (SELECT FROM directory.offer_specialty) AS found;

-- name: specialties_loaded
-- Whether the nomenclature stands in the database.
--   out   found
SELECT EXISTS (SELECT FROM directory.specialty) AS found;
