-- What the peer of the geocoder is told of the communes: facts of the territory, nothing of the geocoder's.

-- name: peer_communes
--   out   citycode, name, postal codes (array), department code, department, region, population, lon, lat (degrees,
--         EPSG:4326); communes with a centre only. No postal code: those of its arrondissements
SELECT
  c.citycode, c.name, coalesce(p.postal_codes, '{}'), c.department_code, d.name, coalesce(r.name, ''), coalesce(c.population, 0),
  c.lon, c.lat
FROM territory.commune AS c
JOIN territory.department AS d USING (department_code)
LEFT JOIN territory.region AS r USING (region_code)
LEFT JOIN (
  SELECT citycode, array_agg(DISTINCT postal_code ORDER BY postal_code) AS postal_codes
  FROM territory.postal_code
  GROUP BY citycode
) AS p USING (citycode)
WHERE c.lon IS NOT NULL
ORDER BY c.citycode;

-- name: peer_index_build
-- Seconds of the last load of the address base that held several files: the index is made in it.
SELECT extract(epoch FROM ended_at - started_at)::double precision
FROM ingest.run
WHERE source = 'ban' AND state = 'applied' AND jsonb_array_length(files) > 1
ORDER BY run_id DESC
LIMIT 1;

-- name: peer_shared_buffers
--   out   megabytes the server keeps for the pages of its tables
SELECT pg_size_bytes(current_setting('shared_buffers')) / 1048576.0;
