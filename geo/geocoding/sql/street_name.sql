-- Names of streets without a commune (geocoding.street_name), and the communes that have one.

-- name: names_exact
--   in    cores
--   out   core, citycodes (most inhabited first, 40 at most)
--   uses  street_name_pkey
SELECT core, citycodes
FROM geocoding.street_name
WHERE core = ANY (%(cores)s::text[]);

-- name: names_beginning
--   in    first (the core as far as it was typed), past (the first text after everything that begins so), max_rows
--   out   core, citycodes; the name itself first, then those that most streets bear
--   uses  street_name_pkey
SELECT core, citycodes
FROM geocoding.street_name
WHERE core >= %(first)s AND core < %(past)s
ORDER BY core <> %(first)s, streets DESC, core
LIMIT %(max_rows)s;

-- name: names_alike
-- Names with most trigrams in common: candidates, that likeness judges.
--   in    core, max_rows
--   out   core, citycodes, most alike first
--   uses  street_name_core_trgm
SELECT core, citycodes
FROM geocoding.street_name
WHERE core %% %(core)s::text
ORDER BY similarity(core, %(core)s::text) DESC, streets DESC, core
LIMIT %(max_rows)s;

-- name: communes_of_names
--   in    cores, citycodes
--   out   core, citycode: those of the communes that have a street of that name
--   uses  street_core_idx
SELECT DISTINCT core, citycode
FROM geocoding.street
WHERE core = ANY (%(cores)s::text[]) AND citycode = ANY (%(citycodes)s::text[]);

-- name: communes_of_names_between
--   in    cores, first and past (bounds of INSEE codes)
--   out   core, citycode, population; most inhabited first
--   uses  street_core_idx
SELECT DISTINCT s.core, s.citycode, coalesce(c.population, 0) AS population
FROM geocoding.street AS s
LEFT JOIN territory.commune AS c USING (citycode)
WHERE s.core = ANY (%(cores)s::text[]) AND s.citycode >= %(first)s AND s.citycode < %(past)s
ORDER BY population DESC, s.citycode
LIMIT %(max_rows)s;
