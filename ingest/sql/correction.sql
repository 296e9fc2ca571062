-- Positions put right by hand: applied at the end of each load of the directory, and at once when one is made. The
-- offers whose position changes are noted in `touched` (ingest/sql/directory.sql), as a load does. `corrected_address`
-- and `moved_structure` live as long as the transaction.

-- name: lock_corrections
-- A load that ends and somebody who corrects wait for one another: neither misses what the other wrote.
LOCK TABLE directory.position_correction IN SHARE ROW EXCLUSIVE MODE;

-- name: forget_gone_people
-- People who left the files leave every table.
DELETE FROM directory.position_correction AS c
WHERE c.idnps IS NOT NULL
  AND NOT EXISTS (SELECT FROM directory.practitioner AS p WHERE p.idnps = c.idnps);

-- name: find_corrected_addresses
-- Addresses put right: for each, the one as the sources write it (`original_id`), where its place stands while it is still
-- written as it was. An address with a number and a street is the same door for all who stand there, and they all move;
-- a hamlet, a street without number or a commune is not: only the place itself does (`corrects_for`). Of two corrections
-- for one address, the last made.
--   uses  structure_pkey, offer_idnps_idx, address_pkey
CREATE TEMP TABLE corrected_address ON COMMIT DROP AS
SELECT DISTINCT ON (address_id) *
FROM (
  SELECT
    md5(coalesce(a.corrects, a.address_id)::text || '|' || coalesce(who.corrects_for, 'manual'))::uuid AS address_id,
    coalesce(a.corrects, a.address_id) AS original_id, who.corrects_for,
    c.correction_id, c.lon, c.lat, c.level, c.reason, c.made_at
  FROM directory.position_correction AS c
  CROSS JOIN LATERAL (
    SELECT s.address_id FROM directory.structure AS s WHERE s.finess = c.finess
    UNION
    SELECT o.own_address_id FROM directory.offer AS o WHERE o.idnps = c.idnps
  ) AS place
  JOIN directory.address AS a ON a.address_id = place.address_id
  CROSS JOIN LATERAL (
    SELECT CASE WHEN a.number = '' OR a.street_name = '' THEN coalesce(c.finess, c.idnps) END AS corrects_for
  ) AS who
  WHERE c.fingerprint = directory.address_fingerprint(
    a.number, a.suffix, a.street_type, a.street_name, a.locality, a.postal_code, a.office
  )
) AS found
ORDER BY address_id, made_at DESC, correction_id DESC;

-- name: create_moved_structures
CREATE TEMP TABLE moved_structure (finess text NOT NULL) ON COMMIT DROP;

-- name: leave_ended_corrections
-- Sheets and establishments that stand at an address of a correction that no longer applies go back to their own.
WITH ended AS (
  SELECT a.address_id, a.corrects FROM directory.address AS a
  WHERE a.corrects IS NOT NULL AND NOT EXISTS (SELECT FROM corrected_address AS c WHERE c.address_id = a.address_id)
), offers AS (
  UPDATE directory.offer AS o SET address_id = o.own_address_id
  FROM ended AS e
  WHERE o.address_id = e.address_id
  RETURNING o.offer_id
), structures AS (
  UPDATE directory.structure AS s SET address_id = e.corrects FROM ended AS e WHERE s.address_id = e.address_id
  RETURNING s.finess
), told AS (
  INSERT INTO moved_structure SELECT finess FROM structures
), gone AS (
  DELETE FROM directory.address AS a USING ended AS e WHERE a.address_id = e.address_id
)
INSERT INTO touched SELECT offer_id FROM offers;

-- name: write_corrected_addresses
-- The addresses of the corrections, as the originals are written. One of no known commune takes the department its point
-- stands in, or no search would find it.
--   uses  outline_geom_gix
WITH written AS (
  INSERT INTO directory.address AS a (
    address_id, complement, number, suffix, street_type, street_name, locality, postal_code, office, source_citycode,
    citycode, department_code, lon, lat, position_level, position_score, position_source, position_reason, corrects,
    corrects_for
  )
  SELECT
    c.address_id, o.complement, o.number, o.suffix, o.street_type, o.street_name, o.locality, o.postal_code, o.office,
    o.source_citycode, o.citycode,
    coalesce(o.department_code, (
      SELECT min(d.code) FROM territory.outline AS d
      WHERE d.level = 'department' AND ST_Intersects(d.geom, ST_SetSRID(ST_MakePoint(c.lon, c.lat), 4326))
    )),
    c.lon, c.lat, c.level, 1, 'manual', 'manual: ' || c.reason, c.original_id, c.corrects_for
  FROM corrected_address AS c
  JOIN directory.address AS o ON o.address_id = c.original_id
  ON CONFLICT (address_id) DO UPDATE
  SET citycode = excluded.citycode, department_code = excluded.department_code, lon = excluded.lon, lat = excluded.lat,
    position_level = excluded.position_level, position_reason = excluded.position_reason
  WHERE (a.citycode, a.department_code, a.lon, a.lat, a.position_level, a.position_reason)
    IS DISTINCT FROM (
      excluded.citycode, excluded.department_code, excluded.lon, excluded.lat, excluded.position_level,
      excluded.position_reason
    )
  RETURNING a.address_id
)
INSERT INTO touched SELECT o.offer_id FROM directory.offer AS o JOIN written USING (address_id);

-- name: go_to_corrected_addresses
-- Those who stand at the original go to the corrected address, if it is theirs.
--   uses  address_corrects_idx, offer_address_idx
WITH structures AS (
  UPDATE directory.structure AS s SET address_id = c.address_id
  FROM corrected_address AS c
  WHERE s.address_id = c.original_id AND (c.corrects_for IS NULL OR c.corrects_for = s.finess)
  RETURNING s.finess
), told AS (
  INSERT INTO moved_structure SELECT finess FROM structures
), offers AS (
  UPDATE directory.offer AS o SET address_id = c.address_id
  FROM corrected_address AS c
  WHERE o.address_id = c.original_id AND o.own_address_id = c.original_id
    AND (c.corrects_for IS NULL OR c.corrects_for = coalesce(o.idnps, o.finess))
  RETURNING o.offer_id
)
INSERT INTO touched SELECT offer_id FROM offers;

-- name: correction_states
-- Corrections with what becomes of them. `in-service`: it places the address of its place; `replaced`: a later one, for
-- another place at the same address, does; `address-changed`: the place is written elsewhere now, `place-gone`: it is
-- in no file any more; both are set aside.
--   in    correction_ids (bigint[], null for all)
--   out   the columns of directory.position_correction, rpps, name, state, present_address (of a place that changed)
WITH place AS (
  SELECT c.correction_id, (c.lon, c.lat) = (m.lon, m.lat) AS in_service, a.*
  FROM directory.position_correction AS c
  CROSS JOIN LATERAL (
    SELECT coalesce(a.corrects, a.address_id) AS address_id
    FROM directory.structure AS s JOIN directory.address AS a USING (address_id)
    WHERE s.finess = c.finess
    UNION
    SELECT o.own_address_id FROM directory.offer AS o WHERE o.idnps = c.idnps
  ) AS stood
  JOIN directory.address AS a ON a.address_id = stood.address_id
  LEFT JOIN directory.address AS m
    ON m.corrects = a.address_id AND (m.corrects_for IS NULL OR m.corrects_for = coalesce(c.finess, c.idnps))
), judged AS (
  SELECT
    p.correction_id,
    bool_or(same.ok) AS same,
    bool_or(same.ok AND p.in_service) AS in_service,
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
    CASE WHEN o.kind = 'structure' THEN o.finess ELSE s.finess END,
    CASE WHEN o.kind = 'practitioner' AND s.finess IS NULL THEN o.idnps END,
    o.name, o.address_id, o.offer_id
  FROM directory.offer AS o
  LEFT JOIN directory.structure AS s ON s.finess = o.linked_finess AND s.address_id = o.address_id
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
-- Subquery: practitioners that stand, or may stand, in an establishment that has just been put right, or no longer is.
SELECT o.offer_id, o.idnps, o.finess, o.siret, o.own_address_id
FROM directory.offer AS o
WHERE o.kind = 'practitioner' AND o.linked_finess IN (SELECT finess FROM moved_structure)

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
