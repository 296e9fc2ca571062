-- Where the staged addresses are. Only distinct addresses that the directory has not located yet are geocoded.

-- name: take_known_positions
-- Addresses already in service keep the position they have, unless an official one has just been accepted or refused,
-- or something that places addresses has been loaded since: they are then geocoded anew, if this load geocodes.
--   in    geocode, base_run, by literals
UPDATE {address} AS s
SET citycode = t.citycode, department_code = t.department_code, lon = t.lon, lat = t.lat,
  position_level = t.position_level, position_score = t.position_score, position_source = t.position_source,
  position_srid = t.position_srid, position_reason = t.position_reason, geocoded_with = t.geocoded_with
FROM directory.address AS t
WHERE t.address_id = s.address_id
  AND s.position_level IN ('none', 'municipality') AND t.position_level <> 'given'
  AND CASE WHEN {geocode} THEN t.geocoded_with = {base_run} ELSE t.geocoded_with IS NOT NULL END;

-- name: new_addresses
-- Staged addresses to geocode: no position or that of a commune only, or no commune; and never tried.
--   out   address_id, complement, number, suffix, street_type, street_name, locality, postal_code, office, citycode
SELECT address_id::text, complement, number, suffix, street_type, street_name, locality, postal_code, office,
  coalesce(citycode, source_citycode) AS citycode
FROM {address}
WHERE (position_level IN ('none', 'municipality') OR citycode IS NULL) AND geocoded_with IS NULL
ORDER BY coalesce(citycode, source_citycode), postal_code, street_name, address_id;

-- name: create_located
CREATE TEMP TABLE located (
  address_id uuid NOT NULL,
  level text NOT NULL,
  score real,
  lon double precision,
  lat double precision,
  citycode text,
  reason text
) ON COMMIT DROP;

-- name: apply_located
-- What the geocoder found. A position finer than the commune must stand near it: a point more than 40 km (150 in
-- Guyane) from the centre of its commune is not believed. An official commune centre is replaced by finer only.
--   in    geocoded_with
UPDATE {address} AS a
SET citycode = coalesce(l.citycode, a.citycode),
  department_code = coalesce(c.department_code, a.department_code),
  lon = CASE WHEN l.finer THEN l.lon ELSE coalesce(a.lon, c.lon) END,
  lat = CASE WHEN l.finer THEN l.lat ELSE coalesce(a.lat, c.lat) END,
  position_level = CASE
    WHEN l.finer THEN l.level
    WHEN a.position_level NOT IN ('none', 'municipality') THEN a.position_level
    WHEN coalesce(a.lon, c.lon) IS NOT NULL THEN 'municipality'
    ELSE 'none' END,
  position_score = CASE WHEN a.position_level IN ('none', 'municipality') THEN l.score ELSE a.position_score END,
  position_source = CASE WHEN l.finer THEN 'ban' WHEN a.lon IS NOT NULL THEN a.position_source ELSE 'commune' END,
  position_srid = CASE WHEN l.finer THEN NULL ELSE a.position_srid END,
  position_reason = nullif(concat_ws(' ', a.position_reason, l.reason), ''),
  geocoded_with = %(geocoded_with)s
FROM (
  SELECT
    located.*,
    staged.position_level IN ('none', 'municipality')
    AND located.level IN ('housenumber', 'street', 'locality') AND located.lon IS NOT NULL AND (
      centre.lon IS NULL OR ST_DistanceSphere(
        ST_MakePoint(located.lon, located.lat), ST_MakePoint(centre.lon, centre.lat)
      ) < CASE WHEN centre.department_code = '973' THEN 150000 ELSE 40000 END
    ) AS finer
  FROM located
  JOIN {address} AS staged USING (address_id)
  LEFT JOIN territory.commune AS centre ON centre.citycode = located.citycode
) AS l
LEFT JOIN territory.commune AS c ON c.citycode = l.citycode
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
COPY located (address_id, level, score, lon, lat, citycode, reason) FROM STDIN;
