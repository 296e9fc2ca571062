-- name: department_shapes
-- Outline of each department, simplified for a national view.
--   in    tolerance_deg (degrees)
--   out   department_code, geometry (GeoJSON text, EPSG:4326, 4 decimals: 11 m)
--   uses  outline_pkey
SELECT o.code AS department_code,
  ST_AsGeoJSON(ST_SimplifyPreserveTopology(o.geom, %(tolerance_deg)s::float8), 4) AS geometry
FROM territory.outline AS o
WHERE o.level = 'department';
