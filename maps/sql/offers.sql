-- Offers for the generated maps. Read-only role; one department or a few at a time, or the whole country.

-- name: map_offer_counts
-- Offers by family of care and way of being located.
--   in    departments (text[], null for all), codes (text[], null for all)
--   out   family, level, n
SELECT map.family(o.specialty_codes) AS family, a.position_level AS level, count(*) AS n
FROM directory.offer AS o
JOIN directory.address AS a USING (address_id)
WHERE (%(departments)s::text[] IS NULL OR a.department_code = ANY (%(departments)s))
  AND (%(codes)s::text[] IS NULL OR o.specialty_codes && %(codes)s)
GROUP BY 1, 2
ORDER BY 1, 2;

-- name: map_offers
-- Located offers with what their popup says.
--   in    departments (text[], null for all), codes (text[], null for all)
--   out   family, name, structure_name, specialties (labels), the fields of the address, phone, level, lon,
--         lat (degrees)
--         by family, name, offer_id
SELECT map.family(o.specialty_codes) AS family, o.name, coalesce(o.structure_name, '') AS structure_name,
  coalesce((
    SELECT string_agg(s.label, ', ' ORDER BY s.label)
    FROM directory.specialty AS s
    WHERE s.code = ANY (o.specialty_codes)
  ), '') AS specialties,
  a.complement, a.number, a.suffix, a.street_type, a.street_name, a.locality, a.postal_code, a.office,
  coalesce(o.phone, '') AS phone, a.position_level AS level, a.lon, a.lat
FROM directory.offer AS o
JOIN directory.address AS a USING (address_id)
WHERE a.lon IS NOT NULL
  AND (%(departments)s::text[] IS NULL OR a.department_code = ANY (%(departments)s))
  AND (%(codes)s::text[] IS NULL OR o.specialty_codes && %(codes)s)
ORDER BY 1, o.name, o.offer_id;

-- name: map_offer_positions
-- Located offers, position and family only, for the hexagons.
--   in    departments (text[], null for all), codes (text[], null for all)
--   out   family, lon, lat (degrees)
SELECT map.family(o.specialty_codes) AS family, a.lon, a.lat
FROM directory.offer AS o
JOIN directory.address AS a USING (address_id)
WHERE a.lon IS NOT NULL
  AND (%(departments)s::text[] IS NULL OR a.department_code = ANY (%(departments)s))
  AND (%(codes)s::text[] IS NULL OR o.specialty_codes && %(codes)s);

-- name: map_offers_by_commune
-- Communes with the most offers, located or not.
--   in    departments (text[], null for all), codes (text[], null for all), max_rows
--   out   citycode, name, n
SELECT a.citycode, c.name, count(*) AS n
FROM directory.offer AS o
JOIN directory.address AS a USING (address_id)
JOIN territory.commune AS c USING (citycode)
WHERE (%(departments)s::text[] IS NULL OR a.department_code = ANY (%(departments)s))
  AND (%(codes)s::text[] IS NULL OR o.specialty_codes && %(codes)s)
GROUP BY 1, 2
ORDER BY n DESC, a.citycode
LIMIT %(max_rows)s;

-- name: map_specialty_group
-- Codes searched together with one code.
--   in    code
--   out   code, label of the head of the group; no row when the code is not known
SELECT s.code, head.label
FROM directory.specialty AS s
JOIN directory.specialty AS head ON head.specialty_id = s.group_id
WHERE s.group_id = (SELECT group_id FROM directory.specialty WHERE code = %(code)s)
ORDER BY s.code;

-- name: map_sources
-- Loads in service that a map of offers rests on.
--   out   source, source_date
SELECT DISTINCT ON (source) source, source_date
FROM ingest.run
WHERE source IN ('annuaire', 'ban', 'finess') AND state = 'applied'
ORDER BY source, run_id DESC;

-- name: map_departments
-- Codes of the departments.
--   out   department_code
SELECT department_code FROM territory.department ORDER BY department_code;

-- name: map_names
-- Names to write on a generated map: the communes with the most people; arrondissements with their city.
--   in    departments (text[], null for all), max_rows
--   out   name, lon, lat (degrees)
SELECT replace(c.name, ' Arrondissement', '') AS name, c.lon, c.lat
FROM territory.commune AS c
WHERE c.lon IS NOT NULL AND c.kind IN ('COM', 'ARM')
  AND (%(departments)s::text[] IS NULL OR c.department_code = ANY (%(departments)s))
  AND NOT EXISTS (SELECT FROM territory.commune AS part WHERE part.parent_citycode = c.citycode)
ORDER BY c.population DESC NULLS LAST, c.citycode
LIMIT %(max_rows)s;
