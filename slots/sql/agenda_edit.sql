-- The SAS calendar, written. The caller holds the lock of the calendar (`agenda_lock`) until its commit.

-- name: agenda_place
-- A place of the directory, and its zone.
--   in    offer_id
--   out   timezone (null when the place is not located), idnps, finess
--   uses  offer_pkey, address_pkey
SELECT d.timezone, o.idnps, o.finess
FROM directory.offer AS o
JOIN directory.address AS a USING (address_id)
LEFT JOIN territory.department AS d ON d.department_code = a.department_code
WHERE o.offer_id = %(offer_id)s::uuid;

-- name: agenda_open
-- Make the calendar of a place, unless it is there.
--   in    offer_id, timezone, idnps, finess
--   uses  calendar_pkey
INSERT INTO agenda.calendar (offer_id, timezone, idnps, finess)
VALUES (%(offer_id)s::uuid, %(timezone)s, %(idnps)s, %(finess)s)
ON CONFLICT (offer_id) DO NOTHING;

-- name: agenda_lock
-- Lock a calendar: changes of one calendar follow one another.
--   in    offer_id
--   out   timezone
--   uses  calendar_pkey
SELECT timezone FROM agenda.calendar WHERE offer_id = %(offer_id)s::uuid FOR UPDATE;

-- name: agenda_slot
-- One slot with its calendar.
--   in    slot_id
--   out   offer_id, timezone, slot columns, excluded (every day)
--   uses  slot_pkey, exclusion_pkey
SELECT
  s.offer_id::text, s.slot_id::text, c.timezone, s.starts_on, s.until, s.weekdays, s.start_local, s.end_local,
  s.form, s.capacity, s.modalities, s.visibility,
  ARRAY(SELECT e.occurs_on FROM agenda.exclusion AS e WHERE e.slot_id = s.slot_id) AS excluded
FROM agenda.slot AS s
JOIN agenda.calendar AS c USING (offer_id)
WHERE s.slot_id = %(slot_id)s::uuid;

-- name: agenda_add
-- Write a slot.
--   in    slot columns; previous_slot_id (null: none)
INSERT INTO agenda.slot (slot_id, offer_id, starts_on, until, weekdays, start_local, end_local, form, capacity,
  modalities, visibility, previous_slot_id)
VALUES (%(slot_id)s::uuid, %(offer_id)s::uuid, %(starts_on)s::date, %(until)s::date, %(weekdays)s::smallint[],
  %(start_local)s::time, %(end_local)s::time, %(form)s, %(capacity)s::smallint, %(modalities)s::text[],
  %(visibility)s::text[], %(previous_slot_id)s::uuid);

-- name: agenda_rewrite
-- Write a slot that has not begun again, in its place.
--   in    slot_id and slot columns
--   uses  slot_pkey
UPDATE agenda.slot
SET starts_on = %(starts_on)s::date, until = %(until)s::date, weekdays = %(weekdays)s::smallint[],
  start_local = %(start_local)s::time, end_local = %(end_local)s::time, form = %(form)s,
  capacity = %(capacity)s::smallint, modalities = %(modalities)s::text[], visibility = %(visibility)s::text[],
  updated_at = now()
WHERE slot_id = %(slot_id)s::uuid;

-- name: agenda_close
-- End a series: its last day.
--   in    slot_id, until (local date, included)
--   uses  slot_pkey
UPDATE agenda.slot SET until = %(until)s::date, updated_at = now() WHERE slot_id = %(slot_id)s::uuid;

-- name: agenda_remove
-- Remove a slot of which nothing has begun and nothing was ever taken.
--   in    slot_id
--   uses  slot_pkey
DELETE FROM agenda.slot WHERE slot_id = %(slot_id)s::uuid;

-- name: agenda_exclude
-- Take a day out of a series.
--   in    slot_id, occurs_on (local date)
INSERT INTO agenda.exclusion (slot_id, occurs_on)
VALUES (%(slot_id)s::uuid, %(occurs_on)s::date)
ON CONFLICT DO NOTHING;

-- name: agenda_include
-- Put every day back into a slot.
--   in    slot_id
--   uses  exclusion_pkey
DELETE FROM agenda.exclusion WHERE slot_id = %(slot_id)s::uuid;

-- name: agenda_taken_days
-- Days of a slot on which a place is, or ever was, taken.
--   in    slot_id, from_day (local date)
--   out   occurs_on, booked (places taken now), ever (places ever taken)
--   uses  booking_slot_idx
SELECT occurs_on, count(*) FILTER (WHERE state = 'booked') AS booked, count(*) AS ever
FROM agenda.booking
WHERE slot_id = %(slot_id)s::uuid AND occurs_on >= %(from_day)s::date
GROUP BY occurs_on
ORDER BY occurs_on;

-- name: agenda_ever_taken
-- Whether a place of a slot was ever taken, even cancelled since.
--   in    slot_id
--   out   ever
--   uses  booking_slot_idx
SELECT EXISTS (SELECT FROM agenda.booking WHERE slot_id = %(slot_id)s::uuid) AS ever;

-- name: agenda_booking
-- One place taken.
--   in    booking_id
--   out   booking columns, offer_id
--   uses  booking_pkey, slot_pkey
SELECT b.booking_id::text, b.slot_id::text, s.offer_id::text, b.occurs_on, b.start_at, b.modality, b.state
FROM agenda.booking AS b
JOIN agenda.slot AS s USING (slot_id)
WHERE b.booking_id = %(booking_id)s::uuid;

-- name: agenda_book
-- Take a place.
--   in    booking_id, slot_id, occurs_on, start_at, modality, made_at, made_by
INSERT INTO agenda.booking (booking_id, slot_id, occurs_on, start_at, modality, state, made_at, made_by)
VALUES (%(booking_id)s::uuid, %(slot_id)s::uuid, %(occurs_on)s::date, %(start_at)s::timestamptz, %(modality)s,
  'booked', %(made_at)s::timestamptz, %(made_by)s);

-- name: agenda_unbook
-- Give a place back.
--   in    booking_id, cancelled_at, cancelled_by
--   uses  booking_pkey
UPDATE agenda.booking
SET state = 'cancelled', cancelled_at = %(cancelled_at)s::timestamptz, cancelled_by = %(cancelled_by)s
WHERE booking_id = %(booking_id)s::uuid AND state = 'booked';

-- name: agenda_absent
-- Write a period of absence.
--   in    unavailability_id, offer_id, first_on, last_on (included; null: until switched off)
INSERT INTO agenda.unavailability (unavailability_id, offer_id, first_on, last_on)
VALUES (%(unavailability_id)s::uuid, %(offer_id)s::uuid, %(first_on)s::date, %(last_on)s::date);

-- name: agenda_back
-- End a period of absence that has begun.
--   in    unavailability_id, last_on
--   uses  unavailability_pkey
UPDATE agenda.unavailability SET last_on = %(last_on)s::date
WHERE unavailability_id = %(unavailability_id)s::uuid;

-- name: agenda_never_absent
-- Remove a period of absence that has not begun.
--   in    unavailability_id
--   uses  unavailability_pkey
DELETE FROM agenda.unavailability WHERE unavailability_id = %(unavailability_id)s::uuid;

-- name: agenda_record
-- Add to the history of a calendar.
--   in    actor, action, offer_id, slot_id, before, after (JSON)
INSERT INTO agenda.change (actor, action, offer_id, slot_id, before, after)
VALUES (%(actor)s, %(action)s, %(offer_id)s::uuid, %(slot_id)s::uuid, %(before)s::jsonb, %(after)s::jsonb);
