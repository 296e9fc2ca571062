-- The SAS calendar, read.

-- name: agenda_slots
-- Slots of some places that may occur between two local days, with what takes occurrences away from each.
--   in    offer_ids, first_on, last_on (local dates; the caller widens its window of instants by a day)
--   out   slot rows; timezone; excluded (days out of the series); absent (date ranges, upper bound excluded);
--         taken (days → places taken, as JSON)
--   uses  slot_offer_idx, exclusion_pkey, unavailability_offer_idx, booking_slot_idx
SELECT
  s.offer_id::text, s.slot_id::text, c.timezone, s.starts_on, s.until, s.weekdays, s.start_local, s.end_local,
  s.form, s.capacity, s.modalities, s.visibility, s.updated_at,
  ARRAY(
    SELECT e.occurs_on FROM agenda.exclusion AS e
    WHERE e.slot_id = s.slot_id AND e.occurs_on BETWEEN %(first_on)s::date AND %(last_on)s::date
  ) AS excluded,
  ARRAY(
    SELECT daterange(u.first_on, u.last_on, '[]') FROM agenda.unavailability AS u
    WHERE u.offer_id = s.offer_id AND u.first_on <= %(last_on)s::date
      AND (u.last_on IS NULL OR u.last_on >= %(first_on)s::date)
  ) AS absent,
  coalesce((
    SELECT jsonb_object_agg(b.occurs_on, b.places)
    FROM (
      SELECT occurs_on, count(*) AS places FROM agenda.booking
      WHERE slot_id = s.slot_id AND state = 'booked'
        AND occurs_on BETWEEN %(first_on)s::date AND %(last_on)s::date
      GROUP BY occurs_on
    ) AS b
  ), '{}') AS taken
FROM agenda.slot AS s
JOIN agenda.calendar AS c USING (offer_id)
WHERE s.offer_id = ANY (%(offer_ids)s::uuid[])
  AND s.starts_on <= %(last_on)s::date
  AND (s.until IS NULL OR s.until >= %(first_on)s::date)
ORDER BY s.offer_id, s.start_local, s.slot_id;

-- name: agenda_of_practitioners
-- Places with a calendar, by practitioner.
--   in    idnps (list), or null for everybody
--   out   idnps, offer_id
--   uses  calendar_idnps_idx
SELECT idnps, offer_id::text
FROM agenda.calendar
WHERE idnps IS NOT NULL AND (%(idnps)s::text[] IS NULL OR idnps = ANY (%(idnps)s::text[]))
ORDER BY idnps, offer_id;

-- name: agenda_calendar
-- The calendar of a place.
--   in    offer_id
--   out   timezone, idnps, finess
--   uses  calendar_pkey
SELECT timezone, idnps, finess FROM agenda.calendar WHERE offer_id = %(offer_id)s::uuid;

-- name: agenda_series
-- Every slot of a place that is not over on a day, whatever the window.
--   in    offer_id, today (local date)
--   out   as agenda_slots, without absences and places taken; excluded holds every day from today on
--   uses  slot_offer_idx
SELECT
  s.slot_id::text, s.starts_on, s.until, s.weekdays, s.start_local, s.end_local, s.form, s.capacity,
  s.modalities, s.visibility,
  ARRAY(
    SELECT e.occurs_on FROM agenda.exclusion AS e WHERE e.slot_id = s.slot_id AND e.occurs_on >= %(today)s::date
  ) AS excluded
FROM agenda.slot AS s
WHERE s.offer_id = %(offer_id)s::uuid AND (s.until IS NULL OR s.until >= %(today)s::date)
ORDER BY s.starts_on, s.start_local, s.slot_id;

-- name: agenda_unavailabilities
-- Periods of absence of a place that are not over on a day.
--   in    offer_id, today (local date)
--   out   unavailability_id, first_on, last_on (included; null: until switched off)
--   uses  unavailability_offer_idx
SELECT unavailability_id::text, first_on, last_on
FROM agenda.unavailability
WHERE offer_id = %(offer_id)s::uuid AND (last_on IS NULL OR last_on >= %(today)s::date)
ORDER BY first_on, unavailability_id;

-- name: agenda_changes
-- The last changes of a calendar, newest first.
--   in    offer_id, max_rows
--   out   changed_at, actor, action, slot_id, before, after
--   uses  change_offer_idx
SELECT changed_at, actor, action, slot_id::text, before, after
FROM agenda.change
WHERE offer_id = %(offer_id)s::uuid
ORDER BY change_id DESC
LIMIT %(max_rows)s::integer;
