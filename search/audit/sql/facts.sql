-- What the audit compares the rankings with: facts that the ranking itself never sees.

-- name: audit_facts
-- Facts of some offers.
--   in    offer_ids
--   out   offer_id, kind, sector_code (null: not known), idnps, vendors (that were seen to keep the agenda of the
--         practitioner), own_calendar (there is a SAS calendar); no row for an offer that has gone
--   uses  offer_pkey, availability_pkey, calendar_pkey
SELECT o.offer_id::text, o.kind, o.sector_code, o.idnps,
  ARRAY(SELECT a.slug FROM editor.availability AS a WHERE a.practitioner_id = o.idnps ORDER BY a.slug) AS vendors,
  EXISTS (SELECT FROM agenda.calendar AS c WHERE c.offer_id = o.offer_id) AS own_calendar
FROM directory.offer AS o
WHERE o.offer_id = ANY (%(offer_ids)s::uuid[]);

-- name: audit_around
-- Offers that a search from a place had to find, when it found some: those of the specialty no farther than the
-- farthest of them.
--   in    lon, lat (degrees, EPSG:4326), specialty (code), offer_ids (found)
--   out   offer_id
--   uses  offer_specialty_offer_idx, offer_specialty_location_gix
WITH origin AS (
  SELECT ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326)::geography AS point
), searched AS (
  SELECT group_id AS specialty_id FROM directory.specialty WHERE code = %(specialty)s::text
), reach AS (
  SELECT max(ST_Distance(s.location, origin.point)) AS radius_m
  FROM searched
  JOIN directory.offer_specialty AS s USING (specialty_id)
  CROSS JOIN origin
  WHERE s.offer_id = ANY (%(offer_ids)s::uuid[])
)
SELECT s.offer_id::text
FROM searched
JOIN directory.offer_specialty AS s USING (specialty_id)
CROSS JOIN origin
CROSS JOIN reach
WHERE ST_DWithin(s.location, origin.point, reach.radius_m);

-- name: audit_within
-- The same for a whole department.
--   in    specialty (code), department
--   out   offer_id
--   uses  offer_specialty_department_idx
SELECT s.offer_id::text
FROM directory.specialty AS k
JOIN directory.offer_specialty AS s ON s.specialty_id = k.group_id
WHERE k.code = %(specialty)s::text AND s.department_code = %(department)s::text;

-- name: audit_public_slots
-- Free slots that vendors publish for some practitioners.
--   in    idnps (list)
--   out   practitioner_id, start_at
--   uses  slot_pkey
SELECT practitioner_id, start_at
FROM editor.slot
WHERE practitioner_id = ANY (%(idnps)s::text[]);

-- name: audit_exposure
-- What was really shown over some days.
--   in    since, until (included)
--   out   offer_id, shown, exposure (thousandths)
--   uses  exposure_day_idx
SELECT offer_id::text, sum(shown)::bigint AS shown, sum(exposure)::bigint AS exposure
FROM audit.exposure
WHERE day BETWEEN %(since)s::date AND %(until)s::date
GROUP BY offer_id;
