-- Statements of the territorial sources.

-- name: commune_names
--   out   citycode, name_folded
SELECT citycode, name_folded FROM territory.commune;

-- name: former_communes
--   out   former_citycode, former_name_folded, citycode
SELECT former_citycode, former_name_folded, citycode FROM territory.former_commune;

-- name: departments
--   out   department_code, name
SELECT department_code, name FROM territory.department ORDER BY department_code;

-- name: regions
--   out   region_code, name
SELECT region_code, name FROM territory.region ORDER BY region_code;

-- name: move_postal_codes
-- Composed: communes, formers (staging of the geographic code). Postal rows of communes that vanish go to their only
-- successor; the next load of the postal codes says the rest.
INSERT INTO territory.postal_code (postal_code, citycode, office, office_folded, locality, lon, lat)
SELECT p.postal_code, f.citycode, p.office, p.office_folded, p.locality, p.lon, p.lat
FROM territory.postal_code AS p
JOIN (
  SELECT former_citycode, min(citycode) AS citycode
  FROM {formers}
  GROUP BY former_citycode
  HAVING count(DISTINCT citycode) = 1
) AS f ON f.former_citycode = p.citycode
WHERE NOT EXISTS (SELECT FROM {communes} AS s WHERE s.citycode = p.citycode)
ON CONFLICT DO NOTHING;

-- name: drop_orphan_postal_codes
-- Composed: communes.
DELETE FROM territory.postal_code AS p
WHERE NOT EXISTS (SELECT FROM {communes} AS s WHERE s.citycode = p.citycode);

-- name: move_cedex
-- Composed: communes, formers.
INSERT INTO territory.cedex (cedex_code, citycode, office)
SELECT c.cedex_code, f.citycode, c.office
FROM territory.cedex AS c
JOIN (
  SELECT former_citycode, min(citycode) AS citycode
  FROM {formers}
  GROUP BY former_citycode
  HAVING count(DISTINCT citycode) = 1
) AS f ON f.former_citycode = c.citycode
WHERE NOT EXISTS (SELECT FROM {communes} AS s WHERE s.citycode = c.citycode)
ON CONFLICT DO NOTHING;

-- name: drop_orphan_cedex
-- Composed: communes.
DELETE FROM territory.cedex AS c
WHERE NOT EXISTS (SELECT FROM {communes} AS s WHERE s.citycode = c.citycode);

-- name: drop_orphan_sas_departments
-- Composed: departments (staging of the geographic code).
DELETE FROM territory.sas_department AS c
WHERE NOT EXISTS (SELECT FROM {departments} AS s WHERE s.department_code = c.department_code);

-- name: drop_orphan_radii
-- Composed: departments.
DELETE FROM territory.search_radius AS r
WHERE NOT EXISTS (SELECT FROM {departments} AS s WHERE s.department_code = r.department_code);

-- name: centres_from_postal
-- Composed: staging. Communes without a centre in the file take the mean of their postal coordinates (degrees).
INSERT INTO {staging} (citycode, lon, lat, position_source)
SELECT c.citycode, round(avg(p.lon)::numeric, 6), round(avg(p.lat)::numeric, 6), 'postal'
FROM territory.commune AS c
JOIN territory.postal_code AS p ON p.citycode = c.citycode AND p.lon IS NOT NULL
WHERE NOT EXISTS (SELECT FROM {staging} AS s WHERE s.citycode = c.citycode)
GROUP BY c.citycode;

-- name: centres_from_former
-- Composed: staging. Else the centre of the commune it was part of before its restoration (degrees).
INSERT INTO {staging} (citycode, lon, lat, position_source)
SELECT DISTINCT ON (c.citycode) c.citycode, s.lon, s.lat, 'former'
FROM territory.commune AS c
JOIN territory.former_commune AS f ON f.citycode = c.citycode AND f.former_citycode <> c.citycode
JOIN {staging} AS s ON s.citycode = f.former_citycode
WHERE NOT EXISTS (SELECT FROM {staging} AS placed WHERE placed.citycode = c.citycode)
ORDER BY c.citycode, f.ended_on DESC NULLS LAST, s.citycode;

-- name: centres_from_outline
-- Composed: staging. Else a point inside the outline of the department (degrees).
INSERT INTO {staging} (citycode, lon, lat, position_source)
SELECT
  c.citycode,
  round(ST_X(ST_PointOnSurface(o.geom))::numeric, 6),
  round(ST_Y(ST_PointOnSurface(o.geom))::numeric, 6),
  'department'
FROM territory.commune AS c
JOIN territory.outline AS o ON o.level = 'department' AND o.code = c.department_code
WHERE NOT EXISTS (SELECT FROM {staging} AS s WHERE s.citycode = c.citycode);

-- name: centres_from_neighbours
-- Composed: staging. Else, without any outline, the centre of the commune of the department nearest to the middle of
-- its centres: always on land, where a mean may fall in the sea (degrees).
INSERT INTO {staging} (citycode, lon, lat, position_source)
SELECT c.citycode, near.lon, near.lat, 'department'
FROM territory.commune AS c
CROSS JOIN LATERAL (
  SELECT s.lon, s.lat
  FROM {staging} AS s
  JOIN territory.commune AS other ON other.citycode = s.citycode AND other.department_code = c.department_code
  CROSS JOIN (
    SELECT avg(s2.lon) AS lon, avg(s2.lat) AS lat
    FROM {staging} AS s2
    JOIN territory.commune AS o2 ON o2.citycode = s2.citycode AND o2.department_code = c.department_code
  ) AS middle
  ORDER BY (s.lon - middle.lon) ^ 2 + (s.lat - middle.lat) ^ 2, s.citycode
  LIMIT 1
) AS near
WHERE NOT EXISTS (SELECT FROM {staging} AS s WHERE s.citycode = c.citycode);

-- name: count_centres
-- Composed: staging.
--   out   position_source, rows
SELECT position_source, count(*) FROM {staging} GROUP BY position_source ORDER BY position_source;

-- name: create_feature_staging
-- Composed: table. Outlines as read, before the geometry is built.
CREATE UNLOGGED TABLE {table} (
  level text NOT NULL, code text NOT NULL, name text NOT NULL, geometry text NOT NULL,
  source_file text NOT NULL, source_line bigint NOT NULL
);

-- name: build_outlines
-- Composed: features, staging. GeoJSON (degrees, lon lat) to valid multipolygons; what leaves no surface is not kept.
INSERT INTO {staging} (level, code, name, geom, source, source_file, source_line)
SELECT level, code, name, geom, source_file, source_file, source_line
FROM (
  SELECT f.*, ST_Multi(ST_CollectionExtract(ST_MakeValid(ST_SetSRID(ST_GeomFromGeoJSON(f.geometry), 4326)), 3)) AS geom
  FROM {features} AS f
) AS built
WHERE NOT ST_IsEmpty(geom);

-- name: empty_outlines
-- Composed: features, staging. Features that gave no surface.
--   out   source_file, source_line, level, code, name
SELECT f.source_file, f.source_line, f.level, f.code, f.name
FROM {features} AS f
LEFT JOIN {staging} AS s ON s.source_file = f.source_file AND s.source_line = f.source_line
WHERE s.code IS NULL
ORDER BY f.source_line;
