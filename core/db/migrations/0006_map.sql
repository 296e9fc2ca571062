-- depends: 0005_directory
-- What the maps draw: families of care, points and groups of points for the tiles.
CREATE SCHEMA map;
COMMENT ON SCHEMA map IS 'Families of care, points and precomputed groups for the vector tiles';

CREATE FUNCTION map.family(codes text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN codes && ARRAY['SM26', 'SM53', 'SM54'] THEN 'gp'
    WHEN codes && ARRAY['40'] OR codes[1] LIKE 'SCD%' THEN 'dentist'
    WHEN codes && ARRAY['60', '69'] THEN 'nurse'
    WHEN codes && ARRAY['70'] THEN 'physio'
    WHEN codes && ARRAY['50'] THEN 'midwife'
    WHEN codes && ARRAY['21', '620', '628', '629'] OR codes[1] LIKE 'SP%' THEN 'pharmacy'
    WHEN codes && ARRAY['124', '130', '289', '347', '439', '603', '604'] THEN 'centre'
    WHEN codes && ARRAY['101', '106', '109', '114', '115', '122', '128', '129', '131', '141', '156', '161',
      '292', '355', '362', '365', '412', '425', '430', '444'] THEN 'hospital'
    WHEN codes && ARRAY['610', '611', '612', '638'] THEN 'laboratory'
    WHEN codes[1] LIKE 'SM%' OR codes[1] LIKE 'SI%' OR codes[1] LIKE 'SC%' OR codes && ARRAY['10'] THEN 'specialist'
    WHEN codes[1] ~ '^[0-9]{2}$' THEN 'allied'
    ELSE 'other'
  END
$$;
COMMENT ON FUNCTION map.family IS 'Family of care of an offer, from its codes (savoir-faire, profession, FINESS category); same keys as maps.legend.FAMILIES';

CREATE TABLE map.offer_point (
  offer_id uuid NOT NULL,
  family text NOT NULL,
  geom geometry(Point, 3857) NOT NULL
);
COMMENT ON TABLE map.offer_point IS 'One row per located offer, in Web Mercator metres; rewritten by map.refresh()';
CREATE INDEX offer_point_geom_gix ON map.offer_point USING gist (geom);

CREATE TABLE map.offer_group (
  zoom smallint NOT NULL,
  cell_x integer NOT NULL,
  cell_y integer NOT NULL,
  total integer NOT NULL,
  families jsonb NOT NULL,
  geom geometry(Point, 3857) NOT NULL,
  PRIMARY KEY (zoom, cell_x, cell_y)
);
COMMENT ON TABLE map.offer_group IS 'Located offers counted on a grid of 16 × 16 cells per tile, zooms 0 to 8';
COMMENT ON COLUMN map.offer_group.cell_x IS 'Column of the grid of 16 × 2^zoom cells, from 180° W';
COMMENT ON COLUMN map.offer_group.cell_y IS 'Row of the same grid, from the north edge of the Web Mercator square';
COMMENT ON COLUMN map.offer_group.families IS 'Number of offers by family of care';
COMMENT ON COLUMN map.offer_group.geom IS 'Mean position of the offers of the cell';

CREATE FUNCTION map.refresh() RETURNS bigint
LANGUAGE plpgsql AS $$
-- Rewrites points and groups from the directory, in the transaction of the load that calls it;
-- returns the number of points. Half the side of the Web Mercator square is 20037508.342789244 m.
DECLARE
  points bigint;
BEGIN
  DELETE FROM map.offer_point;
  DELETE FROM map.offer_group;
  INSERT INTO map.offer_point (offer_id, family, geom)
  SELECT o.offer_id, map.family(o.specialty_codes),
    ST_Transform(ST_SetSRID(ST_MakePoint(a.lon, a.lat), 4326), 3857)
  FROM directory.offer AS o
  JOIN directory.address AS a USING (address_id)
  WHERE a.lon IS NOT NULL AND a.lat BETWEEN -85 AND 85
  ORDER BY a.lon, a.lat, o.offer_id;
  GET DIAGNOSTICS points = ROW_COUNT;
  INSERT INTO map.offer_group (zoom, cell_x, cell_y, total, families, geom)
  WITH finest AS (
    SELECT
      floor((ST_X(geom) + 20037508.342789244) / 40075016.685578488 * 4096)::integer AS x,
      floor((20037508.342789244 - ST_Y(geom)) / 40075016.685578488 * 4096)::integer AS y,
      family, count(*)::integer AS n, sum(ST_X(geom)) AS sum_x, sum(ST_Y(geom)) AS sum_y
    FROM map.offer_point
    GROUP BY 1, 2, 3
  ), by_family AS (
    SELECT zoom, x >> (8 - zoom) AS cell_x, y >> (8 - zoom) AS cell_y, family,
      sum(n)::integer AS n, sum(sum_x) AS sum_x, sum(sum_y) AS sum_y
    FROM finest CROSS JOIN generate_series(0, 8) AS zoom
    GROUP BY 1, 2, 3, 4
  )
  SELECT zoom, cell_x, cell_y, sum(n), jsonb_object_agg(family, n ORDER BY family),
    ST_SetSRID(ST_MakePoint(sum(sum_x) / sum(n), sum(sum_y) / sum(n)), 3857)
  FROM by_family
  GROUP BY 1, 2, 3;
  RETURN points;
END
$$;
COMMENT ON FUNCTION map.refresh IS 'To call at the end of a load of the directory, in its transaction';

GRANT USAGE ON SCHEMA map TO sas_loader, sas_reader, sas_writer;
GRANT SELECT ON ALL TABLES IN SCHEMA map TO sas_reader, sas_writer;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA map TO sas_loader;
