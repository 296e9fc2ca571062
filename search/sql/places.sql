-- Where one looks: communes, departments, and the department under a point.

-- name: commune_place
-- A commune by its INSEE code, present or former; the centre of a commune with arrondissements is the mean of
-- theirs when it has none.
--   in    citycode
--   out   citycode, name, lon, lat (degrees, EPSG:4326; null when unknown), department_code, timezone
--   uses  commune_pkey, former_commune_pkey, commune_parent_idx
SELECT c.citycode, c.name,
  coalesce(c.lon, (SELECT avg(a.lon) FROM territory.commune AS a WHERE a.parent_citycode = c.citycode)) AS lon,
  coalesce(c.lat, (SELECT avg(a.lat) FROM territory.commune AS a WHERE a.parent_citycode = c.citycode)) AS lat,
  c.department_code, d.timezone
FROM territory.commune AS c
JOIN territory.department AS d USING (department_code)
WHERE c.citycode = %(citycode)s::text
  OR (
    c.citycode = (
      SELECT min(f.citycode) FROM territory.former_commune AS f WHERE f.former_citycode = %(citycode)s::text
    )
    AND NOT EXISTS (SELECT FROM territory.commune AS same WHERE same.citycode = %(citycode)s::text)
  );

-- name: all_departments
-- Every department: they are a hundred, names are compared folded by the caller.
--   out   department_code, name, timezone
SELECT department_code, name, timezone
FROM territory.department
ORDER BY department_code;

-- name: department_outlines
-- The outline of every department.
--   out   department_code, outline (WKB, degrees, EPSG:4326)
--   uses  outline_pkey
SELECT d.department_code, ST_AsBinary(o.geom) AS outline
FROM territory.outline AS o
JOIN territory.department AS d ON d.department_code = o.code
WHERE o.level = 'department'
ORDER BY d.department_code;

-- name: department_radii
-- Radius a search of each department starts from at most, and the step it is widened by (official table).
--   out   department_code, default_radius_km, enlargement_km (null when unknown)
--   uses  the whole table: a hundred rows
SELECT department_code, default_radius_km, enlargement_km
FROM territory.search_radius;
