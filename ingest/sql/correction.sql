-- Positions put right by hand: applied at the end of each load of the directory, and at once when one is made. The
-- offers whose position changes are noted in `touched` (ingest/sql/directory.sql), as a load does. `corrected_address`
-- and `moved_address` live as long as the transaction.

-- name: lock_corrections
-- A load that ends and somebody who corrects wait for one another: neither misses what the other wrote.
LOCK TABLE directory.position_correction IN SHARE ROW EXCLUSIVE MODE;

-- name: forget_gone_people
-- People who left the files leave every table.
DELETE FROM directory.position_correction AS c
WHERE c.idnps IS NOT NULL
  AND NOT EXISTS (SELECT FROM directory.practitioner AS p WHERE p.idnps = c.idnps);

-- name: find_corrected_addresses
-- Addresses that a correction places: those where its place stands, when they are still written as they were. Of two
-- corrections for one address, the last made.
--   uses  structure_pkey, offer_idnps_idx, address_pkey
CREATE TEMP TABLE corrected_address ON COMMIT DROP AS
SELECT DISTINCT ON (a.address_id) a.address_id, c.correction_id, c.lon, c.lat, c.level, c.reason
FROM directory.position_correction AS c
CROSS JOIN LATERAL (
  SELECT s.address_id FROM directory.structure AS s WHERE s.finess = c.finess
  UNION
  SELECT o.own_address_id FROM directory.offer AS o WHERE o.idnps = c.idnps
) AS place
JOIN directory.address AS a ON a.address_id = place.address_id
WHERE c.fingerprint = directory.address_fingerprint(
  a.number, a.suffix, a.street_type, a.street_name, a.locality, a.postal_code, a.office
)
ORDER BY a.address_id, c.made_at DESC, c.correction_id DESC;

-- name: create_moved_addresses
CREATE TEMP TABLE moved_address (address_id uuid NOT NULL) ON COMMIT DROP;

-- name: put_automatic_back
-- Addresses that no correction places any more take back what the loads found, unless this load has placed them anew.
WITH ended AS (
  DELETE FROM directory.automatic_position AS f
  WHERE NOT EXISTS (SELECT FROM corrected_address AS c WHERE c.address_id = f.address_id)
  RETURNING f.*
), back AS (
  UPDATE directory.address AS a
  SET citycode = e.citycode, department_code = e.department_code, lon = e.lon, lat = e.lat,
    position_level = e.position_level, position_score = e.position_score, position_source = e.position_source,
    position_srid = e.position_srid, position_reason = e.position_reason, geocoded_with = e.geocoded_with,
    other_lon = e.other_lon, other_lat = e.other_lat, other_source = e.other_source, other_level = e.other_level,
    other_score = e.other_score, apart_m = e.apart_m
  FROM ended AS e
  WHERE a.address_id = e.address_id AND a.position_source = 'manual'
  RETURNING a.address_id
)
INSERT INTO moved_address SELECT address_id FROM back;

-- name: keep_automatic
-- What a load has just found for a corrected address, kept under the correction.
INSERT INTO directory.automatic_position (
  address_id, citycode, department_code, lon, lat, position_level, position_score, position_source, position_srid,
  position_reason, geocoded_with, other_lon, other_lat, other_source, other_level, other_score, apart_m
)
SELECT
  a.address_id, a.citycode, a.department_code, a.lon, a.lat, a.position_level, a.position_score, a.position_source,
  a.position_srid, a.position_reason, a.geocoded_with, a.other_lon, a.other_lat, a.other_source, a.other_level,
  a.other_score, a.apart_m
FROM directory.address AS a
JOIN corrected_address AS c USING (address_id)
WHERE a.position_source IS DISTINCT FROM 'manual'
ON CONFLICT (address_id) DO UPDATE
SET citycode = excluded.citycode, department_code = excluded.department_code, lon = excluded.lon, lat = excluded.lat,
  position_level = excluded.position_level, position_score = excluded.position_score,
  position_source = excluded.position_source, position_srid = excluded.position_srid,
  position_reason = excluded.position_reason, geocoded_with = excluded.geocoded_with, other_lon = excluded.other_lon,
  other_lat = excluded.other_lat, other_source = excluded.other_source, other_level = excluded.other_level,
  other_score = excluded.other_score, apart_m = excluded.apart_m;

-- name: place_by_hand
-- An address of no known commune takes the department its point stands in, or no search would find it.
--   uses  outline_geom_gix
WITH placed AS (
  UPDATE directory.address AS a
  SET lon = c.lon, lat = c.lat, position_level = c.level, position_score = 1, position_source = 'manual',
    position_srid = NULL, position_reason = 'manual: ' || c.reason,
    other_lon = NULL, other_lat = NULL, other_source = NULL, other_level = NULL, other_score = NULL, apart_m = NULL,
    department_code = coalesce(a.department_code, (
      SELECT min(o.code) FROM territory.outline AS o
      WHERE o.level = 'department' AND ST_Intersects(o.geom, ST_SetSRID(ST_MakePoint(c.lon, c.lat), 4326))
    ))
  FROM corrected_address AS c
  WHERE a.address_id = c.address_id
    AND (a.lon, a.lat, a.position_level, a.position_source, a.position_reason)
      IS DISTINCT FROM (c.lon, c.lat, c.level, 'manual', 'manual: ' || c.reason)
  RETURNING a.address_id
)
INSERT INTO moved_address SELECT address_id FROM placed;

-- name: touch_moved
--   uses  offer_address_idx
INSERT INTO touched SELECT o.offer_id FROM directory.offer AS o JOIN moved_address USING (address_id);

-- name: correction_states
-- Corrections with what becomes of them. `in-service`: it places the address of its place; `replaced`: a later one, for
-- another place at the same address, does; `address-changed`: the place is written elsewhere now, `place-gone`: it is
-- in no file any more; both are set aside.
--   in    correction_ids (bigint[], null for all)
--   out   the columns of directory.position_correction, rpps, name, state, present_address (of a place that changed)
WITH place AS (
  SELECT c.correction_id, a.*
  FROM directory.position_correction AS c
  CROSS JOIN LATERAL (
    SELECT s.address_id FROM directory.structure AS s WHERE s.finess = c.finess
    UNION
    SELECT o.own_address_id FROM directory.offer AS o WHERE o.idnps = c.idnps
  ) AS stood
  JOIN directory.address AS a ON a.address_id = stood.address_id
), judged AS (
  SELECT
    p.correction_id,
    bool_or(same.ok) AS same,
    bool_or(same.ok AND p.position_source = 'manual' AND (p.lon, p.lat) = (c.lon, c.lat)) AS in_service,
    min(directory.address_text(
      p.number, p.suffix, p.street_type, p.street_name, p.locality, p.postal_code, p.office
    )) FILTER (WHERE NOT same.ok) AS present_address
  FROM place AS p
  JOIN directory.position_correction AS c USING (correction_id)
  CROSS JOIN LATERAL (SELECT c.fingerprint = directory.address_fingerprint(
    p.number, p.suffix, p.street_type, p.street_name, p.locality, p.postal_code, p.office
  ) AS ok) AS same
  GROUP BY p.correction_id
)
SELECT
  c.correction_id, c.finess, p.rpps, c.idnps, coalesce(s.name, nullif(concat_ws(' ', p.family_name, p.given_name), ''))
    AS name,
  CASE
    WHEN j.correction_id IS NULL THEN 'place-gone'
    WHEN j.in_service THEN 'in-service'
    WHEN j.same THEN 'replaced'
    ELSE 'address-changed'
  END AS state,
  c.lon, c.lat, c.level, c.reason, c.author, c.made_at, c.outside_m, c.address,
  CASE WHEN NOT j.same THEN j.present_address END AS present_address, c.fingerprint::text AS address_key
FROM directory.position_correction AS c
LEFT JOIN judged AS j USING (correction_id)
LEFT JOIN directory.structure AS s ON s.finess = c.finess
LEFT JOIN directory.practitioner AS p ON p.idnps = c.idnps
WHERE %(correction_ids)s::bigint[] IS NULL OR c.correction_id = ANY (%(correction_ids)s)
ORDER BY c.made_at, c.correction_id;

-- name: places_of
-- Where a place stands, from its identifier: a FINESS or RPPS number, an IDNPS, or the identifier of an offer. A person
-- shown at the address of an establishment is that establishment.
--   in    place
--   out   finess, idnps, name, address_id, address, fingerprint, citycode, commune, lon, lat, offers (shown there),
--         offer_id, one row for each address
--   uses  structure_pkey, offer_idnps_idx, offer_pkey, offer_address_idx
WITH named AS (
  SELECT s.finess, NULL::text AS idnps, s.name, s.address_id, NULL::uuid AS offer_id
  FROM directory.structure AS s
  WHERE s.finess = %(place)s
  UNION ALL
  SELECT
    CASE WHEN o.kind = 'structure' THEN o.finess WHEN o.address_id <> o.own_address_id THEN o.linked_finess END,
    CASE WHEN o.kind = 'practitioner' AND o.address_id = o.own_address_id THEN o.idnps END,
    o.name, o.address_id, o.offer_id
  FROM directory.offer AS o
  WHERE (o.idnps IN (%(place)s, '8' || %(place)s) AND o.kind = 'practitioner') OR o.offer_id::text = lower(%(place)s)
)
SELECT DISTINCT ON (n.address_id)
  n.finess, n.idnps, n.name, n.address_id::text,
  directory.address_text(a.number, a.suffix, a.street_type, a.street_name, a.locality, a.postal_code, a.office)
    AS address,
  directory.address_fingerprint(
    a.number, a.suffix, a.street_type, a.street_name, a.locality, a.postal_code, a.office
  )::text AS fingerprint,
  a.citycode, c.name AS commune, a.lon, a.lat,
  (SELECT count(*) FROM directory.offer AS o WHERE o.address_id = n.address_id) AS offers,
  n.offer_id::text
FROM named AS n
JOIN directory.address AS a ON a.address_id = n.address_id
LEFT JOIN territory.commune AS c ON c.citycode = a.citycode
ORDER BY n.address_id, n.finess NULLS LAST, n.offer_id;

-- name: metres_outside
--   in    citycode, lon, lat (degrees, EPSG:4326)
--   out   outside_m
SELECT outside_m
FROM territory.outside_commune(%(citycode)s::text, %(lon)s::double precision, %(lat)s::double precision);

-- name: write_correction
--   in    finess or idnps, fingerprint, address, lon, lat, level, reason, author, outside_m
--   out   correction_id
INSERT INTO directory.position_correction AS c (
  finess, idnps, fingerprint, address, lon, lat, level, reason, author, outside_m
)
VALUES (
  %(finess)s, %(idnps)s, %(fingerprint)s, %(address)s, %(lon)s, %(lat)s, %(level)s, %(reason)s, %(author)s,
  %(outside_m)s
)
ON CONFLICT ON CONSTRAINT {constraint} DO UPDATE
SET lon = excluded.lon, lat = excluded.lat, level = excluded.level, reason = excluded.reason, author = excluded.author,
  made_at = now(), outside_m = excluded.outside_m, address = excluded.address
RETURNING c.correction_id;

-- name: delete_corrections
--   in    place (FINESS, RPPS, IDNPS, or the number of a correction)
--   out   correction_id
DELETE FROM directory.position_correction AS c
WHERE c.finess = %(place)s OR c.idnps IN (%(place)s, '8' || %(place)s) OR c.correction_id::text = %(place)s
RETURNING c.correction_id;

-- name: offers_of_moved_structures
-- Subquery: practitioners that stand in a structure whose position has just been corrected, or is no longer.
SELECT o.offer_id, o.finess, o.siret, o.own_address_id
FROM directory.offer AS o
WHERE o.kind = 'practitioner' AND o.linked_finess IN (
  SELECT s.finess FROM directory.structure AS s JOIN moved_address USING (address_id)
)

-- name: move_map_points
-- Points of the tiles that moved. The groups of the small scales are counted again by the next load.
WITH gone AS (
  DELETE FROM map.offer_point WHERE offer_id IN (SELECT offer_id FROM touched)
)
INSERT INTO map.offer_point (offer_id, family, geom)
SELECT o.offer_id, map.family(o.specialty_codes), ST_Transform(ST_SetSRID(ST_MakePoint(a.lon, a.lat), 4326), 3857)
FROM directory.offer AS o
JOIN directory.address AS a USING (address_id)
WHERE o.offer_id IN (SELECT offer_id FROM touched) AND a.lon IS NOT NULL AND a.lat BETWEEN -85 AND 85;
