-- Land under the estimates of travel time.

-- name: outlines_in_service
-- Which load the outlines are from.
--   out   run_id, null when none was loaded
--   uses  run_source_idx
SELECT max(run_id) AS run_id
FROM ingest.run
WHERE source = 'contours' AND state = 'applied';

-- name: department_land
-- The outlines of all departments.
--   out   outline (WKB, EPSG:4326)
SELECT ST_AsBinary(geom) AS outline
FROM territory.outline
WHERE level = 'department'
ORDER BY code;
