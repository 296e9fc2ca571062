-- The base under a search: outlines and names from our own tables, no tile of anybody else.

-- name: base_outlines
-- Outlines that cross a box, cut to it and simplified to about a pixel.
--   in    west, south, east, north (degrees, EPSG:4326), tolerance_deg
--   out   level, code, geometry (GeoJSON text, lines, 4 decimals)
--   uses  outline_geom_gix
SELECT o.level, o.code,
  ST_AsGeoJSON(ST_Simplify(ST_Boundary(ST_ClipByBox2D(o.geom, box.geom)), %(tolerance_deg)s::float8), 4) AS geometry
FROM territory.outline AS o
CROSS JOIN (
  SELECT ST_MakeEnvelope(%(west)s::float8, %(south)s::float8, %(east)s::float8, %(north)s::float8, 4326) AS geom
) AS box
WHERE o.level IN ('department', 'commune') AND o.geom && box.geom
  AND NOT ST_IsEmpty(ST_ClipByBox2D(o.geom, box.geom))
ORDER BY o.level, o.code
LIMIT 400;

-- name: base_names
-- Names to write on the map: the communes with the most people in a box; arrondissements with their city.
--   in    west, south, east, north (degrees, EPSG:4326), max_rows
--   out   name, lon, lat
SELECT replace(c.name, ' Arrondissement', '') AS name, c.lon, c.lat
FROM territory.commune AS c
WHERE c.lon BETWEEN %(west)s::float8 AND %(east)s::float8 AND c.lat BETWEEN %(south)s::float8 AND %(north)s::float8
  AND c.citycode NOT IN ('13055', '69123', '75056')
ORDER BY c.population DESC NULLS LAST, c.citycode
LIMIT %(max_rows)s;
