-- Official positions against the commune, the text of the address, our geocoding and one another. `located` is what the
-- geocoder found (ingest/sql/position.sql); `official_point` lives as long as the transaction of the step.

-- name: create_official_points
-- Staged official positions, with the metres between each and its commune: that of the geocoder, else of the file.
--   uses  commune_pkey, outline_pkey
CREATE TEMP TABLE official_point ON COMMIT DROP AS
SELECT s.address_id, s.lon, s.lat, c.citycode, m.outside_m, false AS by_text, NULL::double precision AS apart_m
FROM {address} AS s
LEFT JOIN located AS l USING (address_id)
CROSS JOIN LATERAL (SELECT coalesce(l.citycode, s.citycode) AS citycode) AS c
LEFT JOIN LATERAL territory.outside_commune(c.citycode, s.lon, s.lat) AS m ON true
WHERE s.position_source = 'finess' AND s.lon IS NOT NULL;

-- name: addresses_beside_their_commune
-- Addresses whose official point is outside of their commune: they are read again without the code of the commune.
--   in    beside_m
--   out   as new_addresses
SELECT address_id::text, complement, number, suffix, street_type, street_name, locality, postal_code, office, ''
FROM {address} AS a
JOIN official_point AS o USING (address_id)
WHERE o.outside_m > %(beside_m)s
ORDER BY address_id;

-- name: create_located_by_text
CREATE TEMP TABLE located_by_text (LIKE located) ON COMMIT DROP;

-- name: believe_text
-- Two witnesses against one: the text names a commune, the point stands in it, the code is wrong.
--   in    beside_m
UPDATE official_point AS o
SET citycode = t.citycode, outside_m = m.outside_m, by_text = true
FROM located_by_text AS t
CROSS JOIN LATERAL (SELECT lon, lat FROM official_point AS p WHERE p.address_id = t.address_id) AS p
CROSS JOIN LATERAL territory.outside_commune(t.citycode, p.lon, p.lat) AS m
WHERE o.address_id = t.address_id AND t.citycode <> o.citycode AND m.outside_m <= %(beside_m)s;

-- name: forget_wrong_commune
-- What the geocoder found with a code that is not believed gives way to what it found with the text alone.
DELETE FROM located AS l USING official_point AS o WHERE o.address_id = l.address_id AND o.by_text;

-- name: take_right_commune
INSERT INTO located SELECT t.* FROM located_by_text AS t JOIN official_point AS o USING (address_id) WHERE o.by_text;

-- name: refuse_outside_commune
-- The official position is dropped and kept beside; the address takes the one of the geocoder.
--   in    far_m
UPDATE {address} AS a
SET lon = NULL, lat = NULL, position_level = 'none', position_source = NULL, position_score = NULL,
  position_srid = NULL,
  position_reason = concat_ws(' ', a.position_reason, 'outside-commune ' || round(o.outside_m)::bigint || ' m'),
  other_lon = a.lon, other_lat = a.lat, other_source = 'finess', other_level = a.position_level,
  other_score = a.position_score
FROM official_point AS o
WHERE o.address_id = a.address_id AND o.outside_m > %(far_m)s;

-- name: refuse_outside_department
-- Without anything to measure a commune with, its department, with a margin.
--   in    margin_m
--   uses  outline_pkey
UPDATE {address} AS a
SET lon = NULL, lat = NULL, position_level = 'none', position_source = NULL, position_score = NULL,
  position_srid = NULL, position_reason = concat_ws(' ', a.position_reason, 'outside-department'),
  other_lon = a.lon, other_lat = a.lat, other_source = 'finess', other_level = a.position_level,
  other_score = a.position_score
FROM official_point AS p
JOIN {address} AS s USING (address_id)
JOIN territory.outline AS o ON o.level = 'department' AND o.code = s.department_code
WHERE p.address_id = a.address_id AND p.outside_m IS NULL
  AND NOT ST_Intersects(o.geom, ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326))
  AND NOT ST_DWithin(o.geom::geography, ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326)::geography, %(margin_m)s);

-- name: name_communes
-- The commune of an official point that is kept, and what is to be said of it.
--   in    far_m, near_m
UPDATE {address} AS a
SET citycode = coalesce(o.citycode, a.citycode),
  department_code = coalesce(c.department_code, a.department_code),
  position_reason = nullif(concat_ws(' ',
    a.position_reason,
    CASE WHEN o.by_text THEN 'commune-by-text' END,
    CASE WHEN o.outside_m > %(near_m)s THEN 'beyond-commune ' || round(o.outside_m)::bigint || ' m' END
  ), '')
FROM official_point AS o
LEFT JOIN territory.commune AS c ON c.citycode = o.citycode
WHERE o.address_id = a.address_id AND a.lon IS NOT NULL
  AND (o.by_text OR o.outside_m > %(near_m)s OR o.citycode IS DISTINCT FROM a.citycode);

-- name: measure_to_ours
-- Metres between official points and where we place the same address, when we are sure of it: to the number, or to the
-- extent of the street, which may be long.
--   in    sure
WITH sure AS (
  SELECT l.* FROM located AS l JOIN official_point AS o USING (address_id)
  WHERE l.score >= %(sure)s AND l.level IN ('housenumber', 'street', 'locality')
), extent AS (
  SELECT s.ban_id, min((s.extent[1])[0]) AS west, min((s.extent[1])[1]) AS south, max((s.extent[0])[0]) AS east,
    max((s.extent[0])[1]) AS north
  FROM geocoding.street AS s
  WHERE s.ban_id IN (SELECT ban_id FROM sure WHERE level <> 'housenumber')
  GROUP BY s.ban_id
)
UPDATE official_point AS o
SET apart_m = ST_DistanceSphere(
  ST_MakePoint(o.lon, o.lat),
  CASE WHEN e.ban_id IS NULL THEN ST_MakePoint(sure.lon, sure.lat)
    ELSE ST_MakePoint(least(greatest(o.lon, e.west), e.east), least(greatest(o.lat, e.south), e.north)) END
)
FROM sure
LEFT JOIN extent AS e ON e.ban_id = sure.ban_id AND sure.level <> 'housenumber'
WHERE sure.address_id = o.address_id;

-- name: analyse_official_points
ANALYZE official_point;

-- name: shared_points
-- Addresses of the official points that several share, point by point.
--   out   lon, lat, address_id, then the fields of the address
SELECT a.lon, a.lat, a.address_id::text, a.complement, a.number, a.suffix, a.street_type, a.street_name, a.locality,
  a.postal_code, a.office
FROM {address} AS a
JOIN (
  SELECT lon, lat FROM {address} WHERE position_level IN ('given', 'street') AND position_source = 'finess'
  GROUP BY lon, lat HAVING count(*) >= 2
) AS shared USING (lon, lat)
WHERE a.position_level IN ('given', 'street') AND a.position_source = 'finess'
ORDER BY a.lon, a.lat, a.address_id;

-- name: downgrade_shared_points
-- One point for several places is the middle of something, not the place of each; of those we do not confirm.
--   in    address_ids, levels (same order), near_m
UPDATE {address} AS a
SET position_level = shared.level, position_reason = concat_ws(' ', a.position_reason, 'shared-point')
FROM unnest(%(address_ids)s::uuid[], %(levels)s::text[]) AS shared (address_id, level)
JOIN official_point AS o USING (address_id)
WHERE shared.address_id = a.address_id AND coalesce(o.apart_m > %(near_m)s, true);

-- name: tell_commune_points
-- Official points that are those of the commune (its centre, that of the post office, its town hall) under an address
-- with a street: kept, and said to be doubtful, unless we confirm them.
--   in    at_town_hall (address_ids), same_m, near_m
--   uses  postal_code_citycode_idx
UPDATE {address} AS a
SET position_reason = concat_ws(' ', a.position_reason, 'commune-point')
FROM official_point AS o
WHERE o.address_id = a.address_id AND a.position_level = 'given' AND a.street_name <> ''
  AND coalesce(o.apart_m > %(near_m)s, true)
  AND (
    a.address_id = ANY (%(at_town_hall)s::uuid[])
    OR EXISTS (
      SELECT FROM territory.commune AS c
      WHERE c.citycode = a.citycode AND c.position_source = 'communes'
        AND ST_DistanceSphere(ST_MakePoint(c.lon, c.lat), ST_MakePoint(a.lon, a.lat)) <= %(same_m)s
    )
    OR EXISTS (
      SELECT FROM territory.postal_code AS p
      WHERE p.citycode = a.citycode
        AND ST_DistanceSphere(ST_MakePoint(p.lon, p.lat), ST_MakePoint(a.lon, a.lat)) <= %(same_m)s
    )
  );

-- name: keep_ours_beside
-- Official positions that our geocoding contradicts: kept, with ours beside.
--   in    near_m
UPDATE {address} AS a
SET other_lon = l.lon, other_lat = l.lat, other_source = 'ban', other_level = l.level, other_score = l.score,
  apart_m = o.apart_m
FROM official_point AS o
JOIN located AS l USING (address_id)
WHERE o.address_id = a.address_id AND a.position_level = 'given' AND o.apart_m > %(near_m)s;

-- name: count_confirmed
--   in    near_m
SELECT count(*) FROM official_point WHERE apart_m <= %(near_m)s;

-- name: measure_refused
-- Metres between an official position that was not kept and the one that stands for it.
UPDATE {address}
SET apart_m = ST_DistanceSphere(ST_MakePoint(lon, lat), ST_MakePoint(other_lon, other_lat))
WHERE other_source = 'finess' AND lon IS NOT NULL;
