-- Streets of the national address base: staged file by file, then put in the place of their departments.

-- name: create_street_staging
-- Composed: staging. Logged, since a national load renames it into service instead of copying it again.
CREATE TABLE IF NOT EXISTS {staging} (LIKE geocoding.street INCLUDING ALL EXCLUDING INDEXES);

-- name: merge_split_streets
-- Composed: staging. A street whose rows stand apart in the files was staged in parts: one row again.
-- Numbers stay ordered; a number met in two parts keeps the position that sorts first.
WITH split AS (
  SELECT street_id FROM {staging} GROUP BY street_id HAVING count(*) > 1
), part AS (
  DELETE FROM {staging} AS s USING split WHERE s.street_id = split.street_id RETURNING s.*
), number AS (
  SELECT DISTINCT ON (p.street_id, n.key, n.suffix)
    p.street_id, n.key, n.suffix, n.lon_e6, n.lat_e6
  FROM part AS p
  CROSS JOIN LATERAL unnest(
    p.numbers,
    CASE WHEN p.suffixes = '{{}}' THEN array_fill(''::text, ARRAY[cardinality(p.numbers)]) ELSE p.suffixes END,
    p.lons_e6, p.lats_e6
  ) AS n (key, suffix, lon_e6, lat_e6)
  ORDER BY p.street_id, n.key, n.suffix, n.lon_e6, n.lat_e6
), gathered AS (
  SELECT street_id,
    array_agg(key ORDER BY key, suffix) AS numbers,
    array_agg(suffix ORDER BY key, suffix) AS suffixes,
    array_agg(lon_e6 ORDER BY key, suffix) AS lons_e6,
    array_agg(lat_e6 ORDER BY key, suffix) AS lats_e6
  FROM number
  GROUP BY street_id
), bounds AS (
  SELECT street_id,
    box(
      point(max(greatest((extent[0])[0], (extent[1])[0])), max(greatest((extent[0])[1], (extent[1])[1]))),
      point(min(least((extent[0])[0], (extent[1])[0])), min(least((extent[0])[1], (extent[1])[1])))
    ) AS extent
  FROM part
  GROUP BY street_id
), face AS (
  -- The part with most numbers gives the name and, without numbers, the position.
  SELECT DISTINCT ON (street_id) *
  FROM part
  ORDER BY street_id, (kind = 'street') DESC, cardinality(numbers) DESC, name, lon, lat
)
INSERT INTO {staging}
SELECT
  f.street_id, f.ban_id, f.kind, f.department_code, f.citycode, f.former_citycode, f.former_name, f.postal_code,
  f.name, f.street_type, f.core, f.skeleton,
  coalesce(g.lons_e6[cardinality(g.numbers) / 2 + 1] / 1e6, f.lon),
  coalesce(g.lats_e6[cardinality(g.numbers) / 2 + 1] / 1e6, f.lat),
  b.extent,
  coalesce(g.numbers, '{{}}'),
  CASE WHEN '' = ALL (coalesce(g.suffixes, '{{}}')) THEN '{{}}' ELSE coalesce(g.suffixes, '{{}}') END,
  coalesce(g.lons_e6, '{{}}'),
  coalesce(g.lats_e6, '{{}}')
FROM face AS f
JOIN bounds AS b USING (street_id)
LEFT JOIN gathered AS g USING (street_id);

-- name: drop_known_localities
-- Composed: staging. A lieu-dit named beside streets, and that the commune has by an identifier too, or as a street.
--   in    mark, between the commune and the name in the identifiers we gave
DELETE FROM {staging} AS s
USING {staging} AS other
WHERE starts_with(s.ban_id, s.citycode || %(mark)s)
  AND other.citycode = s.citycode AND other.core = s.core AND other.street_id <> s.street_id
  AND other.former_citycode IS NOT DISTINCT FROM s.former_citycode
  AND (NOT starts_with(other.ban_id, other.citycode || %(mark)s) OR other.street_id < s.street_id);

-- name: staged_departments
-- Composed: staging.
--   out   department_code, streets and numbers staged, streets and numbers in service
SELECT
  s.department_code, s.streets, s.numbers, coalesce(t.streets, 0) AS streets_before,
  coalesce(t.numbers, 0) AS numbers_before
FROM (
  SELECT department_code, count(*) AS streets, sum(cardinality(numbers)) AS numbers
  FROM {staging} GROUP BY 1
) AS s
LEFT JOIN (
  SELECT department_code, count(*) AS streets, sum(cardinality(numbers)) AS numbers
  FROM geocoding.street GROUP BY 1
) AS t USING (department_code)
ORDER BY s.department_code;

-- name: street_difference
-- Composed: staging. Streets of the staged departments, against those in service.
--   out   kind (added, changed, removed, unchanged), streets, names of a few of them
WITH compared AS (
  SELECT
    CASE
      WHEN t.street_id IS NULL THEN 'added'
      WHEN s.street_id IS NULL THEN 'removed'
      -- Every column but the extent, which follows the positions (a box has no equality).
      WHEN (s.kind, s.citycode, s.former_name, s.name, s.core, s.skeleton, s.lon, s.lat, s.numbers, s.suffixes,
          s.lons_e6, s.lats_e6)
        IS DISTINCT FROM (t.kind, t.citycode, t.former_name, t.name, t.core, t.skeleton, t.lon, t.lat, t.numbers,
          t.suffixes, t.lons_e6, t.lats_e6)
        THEN 'changed'
      ELSE 'unchanged'
    END AS kind,
    coalesce(s.name, t.name) || ' (' || coalesce(s.citycode, t.citycode) || ')' AS label
  FROM {staging} AS s
  FULL JOIN (
    SELECT * FROM geocoding.street
    WHERE department_code IN (SELECT DISTINCT department_code FROM {staging})
  ) AS t USING (street_id)
)
SELECT kind, count(*), (array_agg(label ORDER BY label) FILTER (WHERE kind <> 'unchanged'))[1:5]
FROM compared
GROUP BY kind;

-- name: service_covered
-- Composed: staging. Whether the staged departments hold everything in service (true when it is empty).
SELECT NOT EXISTS (
  SELECT FROM geocoding.street
  WHERE department_code NOT IN (SELECT DISTINCT department_code FROM {staging})
);

-- name: remove_staged_departments
-- Composed: staging.
DELETE FROM geocoding.street
WHERE department_code IN (SELECT DISTINCT department_code FROM {staging});

-- name: insert_staged_streets
-- Composed: staging.
INSERT INTO geocoding.street SELECT * FROM {staging};

-- name: index_staged_core
-- Composed: staging. The four indexes of migration 0004, under the names they will have in service.
CREATE INDEX street_core_idx_new ON {staging} (core, citycode);

-- name: index_staged_skeleton
-- Composed: staging.
CREATE INDEX street_skeleton_idx_new ON {staging} (citycode, skeleton);

-- name: index_staged_extent
-- Composed: staging.
CREATE INDEX street_extent_gix_new ON {staging} USING gist (extent);

-- name: index_staged_id
-- Composed: staging.
CREATE INDEX street_id_idx_new ON {staging} (street_id);

-- name: swap_street_table
-- Composed: staging, staging_name. The staged table takes the place of the one in service.
DROP TABLE geocoding.street;
ALTER TABLE {staging} SET SCHEMA geocoding;
ALTER TABLE geocoding.{staging_name} RENAME TO street;
ALTER INDEX geocoding.street_core_idx_new RENAME TO street_core_idx;
ALTER INDEX geocoding.street_skeleton_idx_new RENAME TO street_skeleton_idx;
ALTER INDEX geocoding.street_extent_gix_new RENAME TO street_extent_gix;
ALTER INDEX geocoding.street_id_idx_new RENAME TO street_id_idx;
GRANT SELECT ON geocoding.street TO sas_reader, sas_writer;

-- name: remember_every_name
-- Composed: staging, which holds all there is. Before the swap, which locks what is read; deleted rather than
-- truncated, so that nobody waits.
DELETE FROM geocoding.street_name;
INSERT INTO geocoding.street_name (core, streets, citycodes)
SELECT core, sum(streets), (array_agg(citycode ORDER BY population DESC NULLS LAST, citycode))[1:40]
FROM (SELECT core, citycode, count(*) AS streets FROM {staging} GROUP BY core, citycode) AS s
LEFT JOIN territory.commune AS c USING (citycode)
GROUP BY core;

-- name: mark_names_replaced
-- Composed: staging. Names of the streets that are about to go: counted again once the staged ones stand there.
--   uses  street_name_pkey
UPDATE geocoding.street_name SET streets = 0
WHERE core IN (
  SELECT core FROM geocoding.street WHERE department_code IN (SELECT DISTINCT department_code FROM {staging})
);

-- name: remember_staged_names
-- Composed: staging. Names of the streets that came or went, counted again in the whole country.
--   uses  street_core_idx
WITH touched AS (
  SELECT core FROM geocoding.street_name WHERE streets = 0
  UNION
  SELECT core FROM {staging}
)
INSERT INTO geocoding.street_name (core, streets, citycodes)
SELECT core, sum(streets), (array_agg(citycode ORDER BY population DESC NULLS LAST, citycode))[1:40]
FROM (
  SELECT core, citycode, count(*) AS streets
  FROM geocoding.street
  WHERE core IN (SELECT core FROM touched)
  GROUP BY core, citycode
) AS s
LEFT JOIN territory.commune AS c USING (citycode)
GROUP BY core
ON CONFLICT (core) DO UPDATE SET streets = excluded.streets, citycodes = excluded.citycodes;

-- name: forget_names_gone
-- Names that no street bears any more.
DELETE FROM geocoding.street_name WHERE streets = 0;

-- name: analyse_streets
ANALYZE geocoding.street, geocoding.street_name;
