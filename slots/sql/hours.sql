-- Hours of care published: what vendors showed, and weeks that are over.

-- name: hours_record
-- Keep times that vendors published, once each.
--   in    idnps, start_at, end_at, source, timezone (arrays of one length), seen_at
--   uses  published_slot_pkey
INSERT INTO agenda.published_slot (idnps, start_at, end_at, source, timezone, first_seen_at)
SELECT given.idnps, given.start_at, given.end_at, given.source, given.timezone, %(seen_at)s::timestamptz
FROM unnest(%(idnps)s::text[], %(start_at)s::timestamptz[], %(end_at)s::timestamptz[], %(source)s::text[],
  %(timezone)s::text[]) AS given (idnps, start_at, end_at, source, timezone)
WHERE given.end_at > given.start_at
ON CONFLICT DO NOTHING;

-- name: hours_published
-- Times published by vendors that share some time with a window.
--   in    idnps (list), or null for everybody; start_at, until
--   out   idnps, start_at, end_at, timezone
--   uses  published_slot_end_idx, published_slot_pkey
SELECT idnps, start_at, end_at, timezone
FROM agenda.published_slot
WHERE end_at > %(start_at)s::timestamptz AND start_at < %(until)s::timestamptz
  AND (%(idnps)s::text[] IS NULL OR idnps = ANY (%(idnps)s::text[]))
ORDER BY idnps, start_at, end_at;

-- name: hours_oldest
-- Since when there is something to count.
--   out   oldest_end_at (end of the oldest time of a vendor still kept; null: none), began_at (first calendar, first
--         time of a vendor, or first week counted; null: none yet)
--   uses  published_slot_end_idx; scans of calendar and published_slot, once a night
SELECT
  (SELECT min(end_at) FROM agenda.published_slot) AS oldest_end_at,
  least(
    (SELECT min(created_at) FROM agenda.calendar), (SELECT min(first_seen_at) FROM agenda.published_slot),
    (SELECT min(week) FROM agenda.closed_week)::timestamptz
  ) AS began_at;

-- name: hours_close
-- Keep the count of a week that is over, or count it again.
--   in    idnps, sas_min, vendor_min, total_min (arrays of one length), week (its Monday), counted_at
--   uses  week_hours_pkey
INSERT INTO agenda.week_hours (idnps, week, sas_min, vendor_min, total_min, counted_at)
SELECT counted.idnps, %(week)s::date, counted.sas_min, counted.vendor_min, counted.total_min,
  %(counted_at)s::timestamptz
FROM unnest(%(idnps)s::text[], %(sas_min)s::integer[], %(vendor_min)s::integer[], %(total_min)s::integer[])
  AS counted (idnps, sas_min, vendor_min, total_min)
ON CONFLICT (idnps, week) DO UPDATE
SET sas_min = excluded.sas_min, vendor_min = excluded.vendor_min, total_min = excluded.total_min,
  counted_at = excluded.counted_at;

-- name: hours_duty
-- Is the count of hours late?
--   in    week (Monday of the last week that is over)
--   out   late: there is something to count, and that week is not; last_week (last one counted; null: none)
--   uses  closed_week_pkey
SELECT
  EXISTS (SELECT FROM agenda.calendar WHERE created_at < %(week)s::date + 7)
    AND NOT EXISTS (SELECT FROM agenda.closed_week WHERE week = %(week)s::date) AS late,
  (SELECT max(week) FROM agenda.closed_week) AS last_week;

-- name: hours_weeks
-- Weeks counted.
--   in    idnps (list), first_week, last_week (Mondays, included)
--   out   idnps, week, sas_min, vendor_min, total_min
--   uses  week_hours_pkey
SELECT idnps, week, sas_min, vendor_min, total_min
FROM agenda.week_hours
WHERE idnps = ANY (%(idnps)s::text[]) AND week BETWEEN %(first_week)s::date AND %(last_week)s::date
ORDER BY idnps, week;

-- name: hours_closed_weeks
-- Weeks that were counted, for anybody.
--   in    first_week, last_week (Mondays, included)
--   out   week, vendors_read (a vendor published something for somebody)
--   uses  closed_week_pkey
SELECT week, vendor_rows > 0 AS vendors_read FROM agenda.closed_week
WHERE week BETWEEN %(first_week)s::date AND %(last_week)s::date
ORDER BY week;

-- name: hours_mark_closed
-- A week is counted.
--   in    week (its Monday), counted_at, vendor_rows (times published by vendors that it holds)
--   uses  closed_week_pkey
INSERT INTO agenda.closed_week (week, counted_at, vendor_rows)
VALUES (%(week)s::date, %(counted_at)s::timestamptz, %(vendor_rows)s::bigint)
ON CONFLICT (week) DO UPDATE SET counted_at = excluded.counted_at, vendor_rows = excluded.vendor_rows;

-- name: hours_forget
-- Remove the times published that ended before an instant: their weeks are counted.
--   in    before
--   uses  published_slot_end_idx
DELETE FROM agenda.published_slot WHERE end_at <= %(before)s::timestamptz;
