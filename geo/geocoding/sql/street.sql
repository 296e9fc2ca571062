-- Streets of the address base. Every statement takes arrays, one element per question, and answers rows that
-- begin with the place (from 0) of the question. `number_key`: geo.geocoding.normalise.number_key.

-- name: streets_exact
--   in    ord, citycode, core, number_key, bare_key (key without the index; both null without a number)
--   out   ord, street columns, at and bare_at (place of the number in the arrays), lon_e6, lat_e6, suffix
--   uses  street_core_idx
SELECT
  q.ord, s.street_id, s.ban_id, s.kind, s.citycode, s.former_citycode, s.former_name, s.postal_code,
  s.name, s.street_type, s.core, s.lon, s.lat, cardinality(s.numbers),
  s.lons_e6[p.at], s.lats_e6[p.at], s.suffixes[p.at], s.numbers[p.at]
FROM unnest(
  %(ord)s::integer[], %(citycode)s::text[], %(core)s::text[], %(number_key)s::integer[], %(bare_key)s::integer[]
) AS q (ord, citycode, core, number_key, bare_key)
JOIN geocoding.street AS s ON s.core = q.core AND s.citycode = q.citycode
CROSS JOIN LATERAL (
  SELECT coalesce(array_position(s.numbers, q.number_key), array_position(s.numbers, q.bare_key)) AS at
) AS p;

-- name: streets_by_skeleton
--   in    ord, citycode, skeleton, number_key, bare_key
--   out   as streets_exact
--   uses  street_skeleton_idx
SELECT
  q.ord, s.street_id, s.ban_id, s.kind, s.citycode, s.former_citycode, s.former_name, s.postal_code,
  s.name, s.street_type, s.core, s.lon, s.lat, cardinality(s.numbers),
  s.lons_e6[p.at], s.lats_e6[p.at], s.suffixes[p.at], s.numbers[p.at]
FROM unnest(
  %(ord)s::integer[], %(citycode)s::text[], %(core)s::text[], %(number_key)s::integer[], %(bare_key)s::integer[]
) AS q (ord, citycode, core, number_key, bare_key)
JOIN geocoding.street AS s ON s.citycode = q.citycode AND s.skeleton = q.core
CROSS JOIN LATERAL (
  SELECT coalesce(array_position(s.numbers, q.number_key), array_position(s.numbers, q.bare_key)) AS at
) AS p;

-- name: street_identified
--   in    citycode, ban_id, number_key, bare_key (both null without a number)
--   out   as streets_exact, of one street: that which has the number, when several parts have the identifier
--   uses  street_skeleton_idx
SELECT
  0 AS ord, s.street_id, s.ban_id, s.kind, s.citycode, s.former_citycode, s.former_name, s.postal_code,
  s.name, s.street_type, s.core, s.lon, s.lat, cardinality(s.numbers),
  s.lons_e6[p.at], s.lats_e6[p.at], s.suffixes[p.at], s.numbers[p.at]
FROM geocoding.street AS s
CROSS JOIN LATERAL (
  SELECT coalesce(
    array_position(s.numbers, %(number_key)s::integer), array_position(s.numbers, %(bare_key)s::integer)
  ) AS at
) AS p
WHERE s.citycode = %(citycode)s::text AND s.ban_id = %(ban_id)s::text
ORDER BY p.at IS NULL, s.street_id
LIMIT 1;

-- name: cores_of_communes
--   in    citycodes
--   out   citycode, cores (each once, in order)
--   uses  street_skeleton_idx
SELECT citycode, array_agg(DISTINCT core)
FROM geocoding.street
WHERE citycode = ANY (%(citycodes)s::text[])
GROUP BY citycode;

-- name: numbers_of_streets
--   in    street_ids
--   out   street_id, numbers, suffixes, lons_e6, lats_e6
--   uses  street_id_idx
SELECT street_id, numbers, suffixes, lons_e6, lats_e6
FROM geocoding.street
WHERE street_id = ANY (%(street_ids)s::bigint[]);

-- name: streets_near
--   in    lon, lat (degrees, EPSG:4326), max_rows
--   out   street columns, numbers, suffixes, lons_e6, lats_e6, nearest extent first (in degrees)
--   uses  street_extent_gix
SELECT
  street_id, ban_id, kind, citycode, former_citycode, former_name, postal_code, name, street_type, core,
  lon, lat, numbers, suffixes, lons_e6, lats_e6, extent <-> point(%(lon)s, %(lat)s) AS gap_degrees
FROM geocoding.street
ORDER BY extent <-> point(%(lon)s, %(lat)s)
LIMIT %(max_rows)s;
