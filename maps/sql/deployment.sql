-- Deployment of the SAS by department, and the outlines it is drawn on.

-- name: deployment_rows
-- Every department of a region, with each SAS that serves it (a department without SAS has one row of nulls).
--   out   department_code, department_name, region_code, region_name, population (inhabitants, null when not
--         loaded), sas_code, sas_name, status, since, since_precision, phone, contact, source, source_date,
--         note, part; by department_code, then sas_code
SELECT d.department_code, d.name AS department_name, d.region_code, r.name AS region_name, p.population,
  s.sas_code, s.name AS sas_name, s.status, s.since, s.since_precision, s.phone, s.contact, s.source,
  s.source_date, s.note, sd.part
FROM territory.department AS d
JOIN territory.region AS r USING (region_code)
LEFT JOIN (
  SELECT c.department_code, sum(c.population)::bigint AS population
  FROM territory.commune AS c
  WHERE c.kind = 'COM'
  GROUP BY c.department_code
) AS p USING (department_code)
LEFT JOIN territory.sas_department AS sd USING (department_code)
LEFT JOIN territory.sas AS s USING (sas_code)
ORDER BY d.department_code, s.sas_code, sd.part;

-- name: deployment_version
-- What the page depends on: changes with each load of these sources.
--   out   version (text), source_date (date of the table of deployment, null when never loaded)
SELECT coalesce(string_agg(source || ':' || run_id, ',' ORDER BY source), '') AS version,
  max(source_date) FILTER (WHERE source = 'deployment') AS source_date
FROM (
  SELECT DISTINCT ON (source) source, run_id, source_date
  FROM ingest.run
  WHERE source IN ('cog', 'contours', 'deployment', 'population') AND state = 'applied'
  ORDER BY source, run_id DESC
) AS latest;

-- name: department_outlines
-- Outlines of the departments of a region, in the legal projection of each (metres).
--   out   department_code, region_code, srid, outline (WKB, metres in that projection), source
SELECT d.department_code, d.region_code, d.srid, ST_AsBinary(ST_Transform(o.geom, d.srid)) AS outline, o.source
FROM territory.outline AS o
JOIN territory.department AS d ON d.department_code = o.code
WHERE o.level = 'department' AND d.region_code IS NOT NULL
ORDER BY d.department_code;

-- name: department_outlines_geographic
-- Outlines in degrees, for the generated maps.
--   in    departments (text[], null for all)
--   out   department_code, name, outline (WKB, EPSG:4326), source
SELECT d.department_code, d.name, ST_AsBinary(o.geom) AS outline, o.source
FROM territory.outline AS o
JOIN territory.department AS d ON d.department_code = o.code
WHERE o.level = 'department' AND (%(departments)s::text[] IS NULL OR d.department_code = ANY (%(departments)s))
ORDER BY d.department_code;
