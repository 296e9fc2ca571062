-- Where the staged addresses are. Only distinct addresses that the directory has not located yet are geocoded.

-- name: take_known_positions
-- Addresses already in service keep the position a load found for them, unless an official one is staged, or something
-- that places addresses has been loaded since: they are then geocoded anew, if this load geocodes.
--   in    geocode, base_run, by literals
UPDATE {address} AS s
SET citycode = t.citycode, department_code = t.department_code, lon = t.lon, lat = t.lat,
  position_level = t.position_level, position_score = t.position_score, position_source = t.position_source,
  position_srid = t.position_srid, position_reason = t.position_reason, geocoded_with = t.geocoded_with,
  other_lon = t.other_lon, other_lat = t.other_lat, other_source = t.other_source, other_level = t.other_level,
  other_score = t.other_score, apart_m = t.apart_m
FROM directory.address AS t
WHERE t.address_id = s.address_id
  AND s.position_level IN ('none', 'municipality') AND t.position_level <> 'given'
  AND CASE WHEN {geocode} THEN t.geocoded_with = {base_run} ELSE t.geocoded_with IS NOT NULL END;

-- name: new_addresses
-- Staged addresses to geocode: those never tried. Official positions too, to be compared with ours.
--   out   address_id, complement, number, suffix, street_type, street_name, locality, postal_code, office, citycode
SELECT address_id::text, complement, number, suffix, street_type, street_name, locality, postal_code, office,
  coalesce(citycode, source_citycode) AS citycode
FROM {address}
WHERE geocoded_with IS NULL
ORDER BY coalesce(citycode, source_citycode), postal_code, street_name, address_id;

-- name: create_located
-- What the geocoder finds, for the time of the step; lon, lat in degrees, EPSG:4326.
CREATE TEMP TABLE located (
  address_id uuid NOT NULL,
  level text NOT NULL,
  score real,
  lon double precision,
  lat double precision,
  citycode text,
  ban_id text,
  reason text
) ON COMMIT DROP;

-- name: analyse_located
ANALYZE located;

-- name: apply_located
-- What the geocoder found, where it is finer than what is known. It must stand near its commune: a point more than 40
-- km (150 in Guyane) from the centre is not believed. `base-absent`: no street of that commune is in the address base.
--   in    geocoded_with
--   uses  street_skeleton_idx
WITH finest (level, fineness) AS (
  VALUES ('given', 4), ('housenumber', 3), ('street', 2), ('locality', 2), ('municipality', 1), ('none', 0)
), covered AS (
  SELECT c.citycode FROM territory.commune AS c
  WHERE EXISTS (SELECT FROM geocoding.street AS s WHERE s.citycode = c.citycode)
)
UPDATE {address} AS a
SET citycode = coalesce(l.citycode, a.citycode),
  department_code = coalesce(l.department_code, a.department_code),
  lon = CASE WHEN l.finer THEN l.lon ELSE coalesce(a.lon, l.centre_lon) END,
  lat = CASE WHEN l.finer THEN l.lat ELSE coalesce(a.lat, l.centre_lat) END,
  position_level = CASE
    WHEN l.finer THEN l.level
    WHEN a.position_level = 'none' AND l.centre_lon IS NOT NULL THEN 'municipality'
    ELSE a.position_level END,
  position_score = CASE
    WHEN l.finer OR a.position_level IN ('none', 'municipality') THEN l.score ELSE a.position_score END,
  position_source = CASE
    WHEN l.finer THEN 'ban' WHEN a.lon IS NOT NULL THEN a.position_source
    WHEN l.centre_lon IS NOT NULL THEN 'commune' END,
  position_srid = CASE WHEN l.finer THEN NULL ELSE a.position_srid END,
  position_reason = CASE WHEN l.finer OR a.position_level IN ('none', 'municipality')
    THEN nullif(concat_ws(' ', a.position_reason, l.reason, CASE WHEN l.lacks_base THEN 'base-absent' END), '')
    ELSE a.position_reason END,
  other_lon = CASE WHEN l.replaces THEN a.lon ELSE a.other_lon END,
  other_lat = CASE WHEN l.replaces THEN a.lat ELSE a.other_lat END,
  other_source = CASE WHEN l.replaces THEN 'finess' ELSE a.other_source END,
  other_level = CASE WHEN l.replaces THEN a.position_level ELSE a.other_level END,
  other_score = CASE WHEN l.replaces THEN a.position_score ELSE a.other_score END,
  geocoded_with = %(geocoded_with)s
FROM (
  SELECT
    judged.*,
    finer AND position_source = 'finess' AND position_reason LIKE '%%shared-point%%' AS replaces
  FROM (
    SELECT
      found.*, staged.position_source, staged.position_reason, centre.department_code,
      centre.lon AS centre_lon, centre.lat AS centre_lat,
      found.level = 'municipality' AND covered.citycode IS NULL AS lacks_base,
      ours.fineness > 1 AND ours.fineness > theirs.fineness AND found.lon IS NOT NULL AND (
        centre.lon IS NULL OR ST_DistanceSphere(
          ST_MakePoint(found.lon, found.lat), ST_MakePoint(centre.lon, centre.lat)
        ) < CASE WHEN centre.department_code = '973' THEN 150000 ELSE 40000 END
      ) AS finer
    FROM located AS found
    JOIN finest AS ours USING (level)
    JOIN {address} AS staged USING (address_id)
    JOIN finest AS theirs ON theirs.level = staged.position_level
    LEFT JOIN territory.commune AS centre ON centre.citycode = found.citycode
    LEFT JOIN covered ON covered.citycode = found.citycode
  ) AS judged
) AS l
WHERE l.address_id = a.address_id;

-- name: locate_by_commune
-- Addresses that no geocoder saw: the commune of the source when it exists, and its centre, said to be so.
UPDATE {address} AS a
SET citycode = c.citycode,
  department_code = c.department_code,
  lon = coalesce(a.lon, c.lon),
  lat = coalesce(a.lat, c.lat),
  position_level = CASE
    WHEN a.position_level = 'none' AND c.lon IS NOT NULL THEN 'municipality' ELSE a.position_level END,
  position_source = CASE
    WHEN a.position_level = 'none' AND c.lon IS NOT NULL THEN 'commune' ELSE a.position_source END
FROM territory.commune AS c
WHERE c.citycode = coalesce(a.citycode, a.source_citycode) AND (a.department_code IS NULL OR a.lon IS NULL);

-- name: position_counts
--   out   level, addresses
SELECT position_level, count(*) FROM {address} GROUP BY position_level;

-- name: moved_addresses
-- Addresses in service that this load places elsewhere, or in another way.
SELECT count(*)
FROM {address} AS s
JOIN directory.address AS t USING (address_id)
WHERE (t.citycode, t.lon, t.lat, t.position_level) IS DISTINCT FROM (s.citycode, s.lon, s.lat, s.position_level);

-- name: base_run
-- The newest load of what places addresses; 0 when there is none.
--   in    sources
SELECT coalesce(max(run_id), 0) FROM ingest.run WHERE source = ANY(%(sources)s::text[]) AND state = 'applied';

-- name: communes_known
SELECT EXISTS (SELECT FROM territory.commune);

-- name: copy_located
-- Composed: table (located, or what has its shape).
COPY {table} (address_id, level, score, lon, lat, citycode, ban_id, reason) FROM STDIN;
