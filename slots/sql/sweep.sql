-- The background sweep: whom each vendor knows, and when they are free.

-- name: sweep_people
-- The next practitioners to ask about, in the order of their number: those with a located place of practice.
--   in    after (IDNPS; '' for the first), max_rows
--   out   idnps, timezone (of one of their places)
--   uses  practitioner_pkey, offer_idnps_idx, offer_specialty_offer_idx
SELECT p.idnps, located.timezone
FROM directory.practitioner AS p
CROSS JOIN LATERAL (
  SELECT coalesce(d.timezone, 'Europe/Paris') AS timezone
  FROM directory.offer AS o
  JOIN directory.offer_specialty AS s USING (offer_id)
  LEFT JOIN territory.department AS d ON d.department_code = s.department_code
  WHERE o.idnps = p.idnps
  ORDER BY o.offer_id
  LIMIT 1
) AS located
WHERE p.idnps > %(after)s::text
ORDER BY p.idnps
LIMIT %(max_rows)s::integer;

-- name: sweep_size
-- How many practitioners a whole pass asks about, at most.
--   out   total
SELECT count(*) AS total FROM directory.practitioner;

-- name: begin_sweep
-- Begins a pass of a vendor, or takes up one that was cut less than six hours ago.
--   in    slug, now (timestamptz)
--   out   last_id, asked, failed, slots, started_at
--   uses  sweep_pkey
INSERT INTO editor.sweep AS s (slug, started_at, updated_at)
VALUES (%(slug)s::text, %(now)s::timestamptz, %(now)s::timestamptz)
ON CONFLICT (slug) DO UPDATE SET
  started_at = CASE WHEN s.ended_at IS NULL AND s.started_at > %(now)s::timestamptz - INTERVAL '6 hours'
    THEN s.started_at ELSE excluded.started_at END,
  last_id = CASE WHEN s.ended_at IS NULL AND s.started_at > %(now)s::timestamptz - INTERVAL '6 hours'
    THEN s.last_id ELSE '' END,
  asked = CASE WHEN s.ended_at IS NULL AND s.started_at > %(now)s::timestamptz - INTERVAL '6 hours'
    THEN s.asked ELSE 0 END,
  failed = CASE WHEN s.ended_at IS NULL AND s.started_at > %(now)s::timestamptz - INTERVAL '6 hours'
    THEN s.failed ELSE 0 END,
  slots = CASE WHEN s.ended_at IS NULL AND s.started_at > %(now)s::timestamptz - INTERVAL '6 hours'
    THEN s.slots ELSE 0 END,
  updated_at = excluded.updated_at,
  ended_at = NULL
RETURNING last_id, asked, failed, slots, started_at;

-- name: advance_sweep
-- Notes how far a pass went.
--   in    slug, last_id, asked, failed, slots (to add), now
--   uses  sweep_pkey
UPDATE editor.sweep
SET last_id = %(last_id)s::text, asked = asked + %(asked)s::integer, failed = failed + %(failed)s::integer,
  slots = slots + %(slots)s::integer, updated_at = %(now)s::timestamptz
WHERE slug = %(slug)s::text;

-- name: end_sweep
-- Ends a pass.
--   in    slug, now
--   uses  sweep_pkey
UPDATE editor.sweep SET ended_at = %(now)s::timestamptz, updated_at = %(now)s::timestamptz
WHERE slug = %(slug)s::text;

-- name: keep_swept
-- Makes what is known of some practitioners at a vendor equal to what it has just answered: new slots come, those
-- it no longer gives go, rows that say the same are not written again.
--   in    slug, ids (text array: who was asked about), slots (jsonb array), window_start, now
--   uses  slot_pkey, availability_pkey
WITH fresh AS (
  SELECT *
  FROM jsonb_to_recordset(%(slots)s::jsonb) AS f (
    practitioner_id text, start_at timestamptz, place_key uuid, end_at timestamptz, consultation_types text[],
    visibility text[], appointment_type text, booking_url text, structure_id text, line text, postal_code text,
    city text, offer_id uuid, place_guess boolean
  )
), gone AS (
  DELETE FROM editor.slot AS s
  WHERE s.slug = %(slug)s::text AND s.practitioner_id = ANY (%(ids)s::text[])
    AND s.start_at >= %(window_start)s::timestamptz
    AND NOT EXISTS (
      SELECT FROM fresh AS f
      WHERE f.practitioner_id = s.practitioner_id AND f.start_at = s.start_at AND f.place_key = s.place_key
    )
), kept AS (
  INSERT INTO editor.slot AS s (practitioner_id, slug, start_at, place_key, end_at, consultation_types,
    visibility, appointment_type, booking_url, structure_id, line, postal_code, city, offer_id,
    place_guess)
  SELECT practitioner_id, %(slug)s::text, start_at, place_key, end_at, consultation_types, visibility,
    appointment_type, booking_url, structure_id, line, postal_code, city, offer_id, place_guess
  FROM fresh
  ON CONFLICT (practitioner_id, slug, start_at, place_key) DO UPDATE SET end_at = excluded.end_at,
    consultation_types = excluded.consultation_types, visibility = excluded.visibility,
    appointment_type = excluded.appointment_type, booking_url = excluded.booking_url, offer_id = excluded.offer_id,
    place_guess = excluded.place_guess
  WHERE (s.end_at, s.consultation_types, s.visibility, s.appointment_type, s.booking_url, s.offer_id, s.place_guess)
    IS DISTINCT FROM (excluded.end_at, excluded.consultation_types, excluded.visibility,
      excluded.appointment_type, excluded.booking_url, excluded.offer_id, excluded.place_guess)
), known AS (
  INSERT INTO editor.availability AS a (practitioner_id, slug, next_start, slot_count, seen_at, asked_at)
  SELECT practitioner_id, %(slug)s::text, min(start_at), count(*), %(now)s::timestamptz, %(now)s::timestamptz
  FROM fresh
  GROUP BY practitioner_id
  ON CONFLICT (practitioner_id, slug) DO UPDATE SET next_start = excluded.next_start,
    slot_count = excluded.slot_count, seen_at = excluded.seen_at, asked_at = excluded.asked_at
)
UPDATE editor.availability
SET next_start = NULL, slot_count = 0, asked_at = %(now)s::timestamptz
WHERE slug = %(slug)s::text AND practitioner_id = ANY (%(ids)s::text[])
  AND NOT EXISTS (SELECT FROM fresh WHERE fresh.practitioner_id = availability.practitioner_id);

-- name: forget_gone
-- Forgets those a vendor no longer keeps: without a free slot for seven days, or gone from the directory.
--   in    slug, now
--   uses  availability_slug_idx, practitioner_pkey
DELETE FROM editor.availability AS a
WHERE a.slug = %(slug)s::text
  AND (
    a.seen_at < %(now)s::timestamptz - INTERVAL '7 days'
    OR NOT EXISTS (SELECT FROM directory.practitioner AS p WHERE p.idnps = a.practitioner_id)
  );

-- name: purge_slots
-- Deletes slots that ended a day ago, and those to come of people a vendor no longer keeps. The count of hours has
-- its own bare times (`hours_record`).
--   in    now
--   out   purged
--   uses  slot_end_idx
WITH gone AS (
  DELETE FROM editor.slot AS s
  WHERE s.end_at < %(now)s::timestamptz - INTERVAL '1 day'
    OR (
      s.start_at > %(now)s::timestamptz
      AND NOT EXISTS (
        SELECT FROM editor.availability AS a WHERE a.practitioner_id = s.practitioner_id AND a.slug = s.slug
      )
    )
  RETURNING 1
)
SELECT count(*) AS purged FROM gone;

-- name: stored_slots
-- What the sweep knows of some practitioners: one row for each slot to come, at least one for each vendor that
-- keeps the agenda of one of them.
--   in    practitioner_ids (text array), start, until (timestamptz), asked_since (older knowledge is left out),
--         unplaced (only the slots at places that the vendor alone knows)
--   out   practitioner_id, slug, asked_at, fresh (asked since), start_at and the other columns of editor.slot
--         (null without slot)
--   uses  availability_pkey, slot_pkey
SELECT a.practitioner_id, a.slug, a.asked_at, a.asked_at >= %(asked_since)s::timestamptz AS fresh, s.start_at,
  s.end_at, s.consultation_types, s.visibility, s.appointment_type, s.booking_url, s.structure_id, s.line,
  s.postal_code, s.city
FROM editor.availability AS a
JOIN editor.editor AS e ON e.slug = a.slug AND e.state = 'on'
LEFT JOIN editor.slot AS s
  ON s.practitioner_id = a.practitioner_id AND s.slug = a.slug AND a.asked_at >= %(asked_since)s::timestamptz
    AND s.start_at BETWEEN %(start)s::timestamptz AND %(until)s::timestamptz
    AND NOT (%(unplaced)s::boolean AND s.offer_id IS NOT NULL)
WHERE a.practitioner_id = ANY (%(practitioner_ids)s::text[])
ORDER BY a.practitioner_id, a.slug, s.start_at;

-- name: sweeps
-- How far each vendor's sweep went.
--   out   slug, name, started_at, asked, failed, slots, updated_at, ended_at, known (practitioners)
SELECT e.slug, e.name, s.started_at, s.asked, s.failed, s.slots, s.updated_at, s.ended_at,
  (SELECT count(*) FROM editor.availability AS a WHERE a.slug = e.slug) AS known
FROM editor.editor AS e
LEFT JOIN editor.sweep AS s USING (slug)
ORDER BY e.slug;
