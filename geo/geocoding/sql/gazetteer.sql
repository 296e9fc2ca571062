-- Communes, their former names, postal codes, CEDEX: read whole into memory (a few tens of megabytes).

-- name: gazetteer_communes
--   out   citycode, name, department_code, parent_citycode, population, lon, lat (degrees, EPSG:4326)
SELECT citycode, name, department_code, parent_citycode, coalesce(population, 0), lon, lat
FROM territory.commune
ORDER BY citycode;

-- name: gazetteer_former
--   out   former_citycode, former_name, citycode
SELECT former_citycode, former_name, citycode
FROM territory.former_commune
ORDER BY former_citycode, former_name, citycode;

-- name: gazetteer_postal
--   out   postal_code, citycode, office, locality
SELECT postal_code, citycode, office, locality
FROM territory.postal_code
ORDER BY postal_code, citycode, office, locality;

-- name: gazetteer_cedex
--   out   cedex_code, citycode
SELECT cedex_code, citycode
FROM territory.cedex
ORDER BY cedex_code, citycode;

-- name: gazetteer_departments
--   out   department_code, name, region (empty when there is none)
SELECT d.department_code, d.name, coalesce(r.name, '')
FROM territory.department AS d
LEFT JOIN territory.region AS r USING (region_code)
ORDER BY d.department_code;

-- name: gazetteer_version
-- Number of the last load applied: what was read before it is stale.
SELECT coalesce(max(run_id), 0) FROM ingest.run WHERE state = 'applied';
