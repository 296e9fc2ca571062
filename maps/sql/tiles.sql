-- Vector tiles. Bounds come from the tile grid (Web Mercator, EPSG:3857); one row, one column: the tile.

-- name: tile_offer_groups
-- Offers counted on a grid of 16 × 16 cells, zooms 0 to 8.
--   in    z, x, y (tile)
--   out   tile (MVT, layer "offers": total and number by family of care)
--   uses  offer_group_pkey
WITH bounds AS (
  SELECT ST_TileEnvelope(%(z)s::integer, %(x)s::integer, %(y)s::integer) AS box
)
SELECT ST_AsMVT(item, 'offers', 4096, 'geom') AS tile
FROM (
  SELECT g.total, g.families, ST_AsMVTGeom(g.geom, bounds.box, 4096, 0, false) AS geom
  FROM map.offer_group AS g CROSS JOIN bounds
  WHERE g.zoom = %(z)s::integer
    AND g.cell_x BETWEEN %(x)s::integer * 16 AND %(x)s::integer * 16 + 15
    AND g.cell_y BETWEEN %(y)s::integer * 16 AND %(y)s::integer * 16 + 15
  ORDER BY g.total DESC, g.cell_x, g.cell_y
  LIMIT %(max_features)s::integer
) AS item;

-- name: tile_offer_points
-- Offers one by one from zoom 9; where a tile holds more than max_features, they are counted on a grid of 16 × 16.
--   in    z, x, y (tile), max_features
--   out   tile (MVT, layer "offers": offer_id, name, family, level; or total and number by family)
--   uses  offer_point_geom_gix, offer_pkey, address_pkey
WITH bounds AS (
  SELECT ST_TileEnvelope(%(z)s::integer, %(x)s::integer, %(y)s::integer) AS box
), found AS MATERIALIZED (
  SELECT p.offer_id, p.family, p.geom
  FROM map.offer_point AS p CROSS JOIN bounds
  WHERE p.geom && bounds.box
), size AS (
  SELECT count(*) AS n FROM found
), points AS (
  SELECT ST_AsMVT(item, 'offers', 4096, 'geom') AS tile
  FROM (
    SELECT f.offer_id::text AS offer_id, o.name, f.family, a.position_level AS level,
      ST_AsMVTGeom(f.geom, bounds.box, 4096, 16, true) AS geom
    FROM found AS f
    JOIN directory.offer AS o USING (offer_id)
    JOIN directory.address AS a USING (address_id)
    CROSS JOIN bounds
    WHERE (SELECT n FROM size) <= %(max_features)s::integer
    ORDER BY f.offer_id
  ) AS item
), cells AS (
  SELECT floor((ST_X(f.geom) - ST_XMin(bounds.box)) / (ST_XMax(bounds.box) - ST_XMin(bounds.box)) * 16) AS cell_x,
    floor((ST_Y(f.geom) - ST_YMin(bounds.box)) / (ST_YMax(bounds.box) - ST_YMin(bounds.box)) * 16) AS cell_y,
    f.family, count(*) AS n, sum(ST_X(f.geom)) AS sum_x, sum(ST_Y(f.geom)) AS sum_y
  FROM found AS f CROSS JOIN bounds
  WHERE (SELECT n FROM size) > %(max_features)s::integer
  GROUP BY 1, 2, 3
), groups AS (
  SELECT ST_AsMVT(item, 'offers', 4096, 'geom') AS tile
  FROM (
    SELECT c.total, c.families, ST_AsMVTGeom(c.geom, bounds.box, 4096, 0, false) AS geom
    FROM (
      SELECT sum(n)::integer AS total, jsonb_object_agg(family, n ORDER BY family) AS families,
        ST_SetSRID(ST_MakePoint(sum(sum_x) / sum(n), sum(sum_y) / sum(n)), 3857) AS geom
      FROM cells
      GROUP BY cell_x, cell_y
      ORDER BY cell_x, cell_y
    ) AS c CROSS JOIN bounds
  ) AS item
)
SELECT points.tile || groups.tile AS tile FROM points CROSS JOIN groups;

-- name: tile_outlines
-- Outlines of one level, simplified to half a pixel of the tile.
--   in    z, x, y (tile), level ('department', 'commune'), max_features
--   out   tile (MVT, layer named after the level: code, name)
--   uses  outline_geom_gix
WITH bounds AS (
  SELECT ST_TileEnvelope(%(z)s::integer, %(x)s::integer, %(y)s::integer) AS box
), grid AS (
  SELECT box, (ST_XMax(box) - ST_XMin(box)) / 512 AS half_pixel, ST_Transform(box, 4326) AS degrees FROM bounds
)
SELECT ST_AsMVT(item, %(level)s::text, 4096, 'geom') AS tile
FROM (
  SELECT o.code, o.name,
    ST_AsMVTGeom(ST_Simplify(ST_Transform(o.geom, 3857), grid.half_pixel, true), grid.box, 4096, 64, true) AS geom
  FROM territory.outline AS o CROSS JOIN grid
  WHERE o.level = %(level)s::text AND o.geom && grid.degrees
  ORDER BY ST_Area(o.geom) DESC, o.code
  LIMIT %(max_features)s::integer
) AS item
WHERE item.geom IS NOT NULL;
