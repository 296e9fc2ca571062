-- The log of rankings: added to, walked, purged.

-- name: audit_lock
-- Rankings follow one another: one writer at a time until its commit.
SELECT pg_advisory_xact_lock(94502031);

-- name: audit_head
-- Where the next ranking goes on from: the last ranking, else the last purge.
--   out   ranking_id, hash; no row before the first ranking
--   uses  ranking_pkey, purge_pkey
(SELECT ranking_id, hash FROM audit.ranking ORDER BY ranking_id DESC LIMIT 1)
UNION ALL
(SELECT last_id, hash FROM audit.purge ORDER BY purge_id DESC LIMIT 1)
ORDER BY ranking_id DESC
LIMIT 1;

-- name: audit_add
-- Add a ranking.
--   in    every column
INSERT INTO audit.ranking (ranking_id, day, policy, policy_digest, seed, specialty, area, total, page, candidates,
  previous, hash)
VALUES (%(ranking_id)s, %(day)s, %(policy)s, %(policy_digest)s, %(seed)s, %(specialty)s, %(area)s, %(total)s,
  %(page)s, %(candidates)s, %(previous)s, %(hash)s);

-- name: audit_add_exposure
-- Add lots of searches that showed an offer.
--   in    days, specialties, offer_ids, shown, exposure (arrays of one length)
INSERT INTO audit.exposure (day, specialty, offer_id, shown, exposure)
SELECT * FROM unnest(
  %(days)s::date[], %(specialties)s::text[], %(offer_ids)s::uuid[], %(shown)s::integer[], %(exposure)s::bigint[]
);

-- name: audit_add_skipped
-- Count what was not kept.
--   in    day, reason, count
INSERT INTO audit.skipped (day, reason, count) VALUES (%(day)s, %(reason)s, %(count)s);

-- name: audit_after
-- Rankings in order, by pages.
--   in    after_id, max_rows
--   out   every column
--   uses  ranking_pkey
SELECT ranking_id, day, policy, policy_digest, seed, specialty, area, total, page, candidates, previous, hash
FROM audit.ranking
WHERE ranking_id > %(after_id)s::bigint
ORDER BY ranking_id
LIMIT %(max_rows)s::integer;

-- name: audit_count
-- How many rankings there are of some days.
--   in    since, until (included)
--   out   count
--   uses  ranking_day_idx
SELECT count(*) AS count FROM audit.ranking WHERE day BETWEEN %(since)s::date AND %(until)s::date;

-- name: audit_one
-- One ranking.
--   in    ranking_id
--   out   every column
--   uses  ranking_pkey
SELECT ranking_id, day, policy, policy_digest, seed, specialty, area, total, page, candidates, previous, hash
FROM audit.ranking
WHERE ranking_id = %(ranking_id)s::bigint;

-- name: audit_purges
-- Purges, oldest first.
--   out   every column
SELECT purge_id, before, first_id, last_id, hash, previous, proof, purged_at
FROM audit.purge
ORDER BY purge_id;

-- name: audit_purgeable
-- The oldest rankings that are all of days before a day.
--   in    before
--   out   first_id, last_id, hash (of the last one); no row when there is none
--   uses  ranking_pkey, ranking_day_idx
SELECT (SELECT min(ranking_id) FROM audit.ranking) AS first_id, ranking_id AS last_id, hash
FROM audit.ranking
WHERE ranking_id < coalesce(
  (SELECT min(ranking_id) FROM audit.ranking WHERE day >= %(before)s::date),
  (SELECT max(ranking_id) + 1 FROM audit.ranking)
)
ORDER BY ranking_id DESC
LIMIT 1;

-- name: audit_purge
-- Remove them, and write where the chain starts since.
--   in    before, keep_days, previous, proof, hash, first_id, last_id
--   out   removed
SELECT audit.purge_before(%(before)s::date, %(keep_days)s::integer, %(previous)s::text, %(proof)s::text,
  %(hash)s::text, %(first_id)s::bigint, %(last_id)s::bigint) AS removed;

-- name: audit_skipped
-- What was not kept over some days.
--   in    since, until (included)
--   out   reason, count
--   uses  skipped_day_idx
SELECT reason, sum(count)::bigint AS count
FROM audit.skipped
WHERE day BETWEEN %(since)s::date AND %(until)s::date
GROUP BY reason
ORDER BY reason;

-- name: audit_publish
-- Publish a report.
--   in    made_at, report (JSON)
INSERT INTO audit.report (made_at, report) VALUES (%(made_at)s::timestamptz, %(report)s::jsonb);

-- name: audit_last_report
-- The report published last.
--   out   made_at, report; no row when there is none
--   uses  report_pkey
SELECT made_at, report FROM audit.report ORDER BY report_id DESC LIMIT 1;
