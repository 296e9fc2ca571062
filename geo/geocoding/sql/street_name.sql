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
-- Communes that have a street of one of these names, and whether it is of the type and has the number asked.
--   in    cores, citycodes, street_type, bare_key (key of the number without index; null without a number)
--   out   core, citycode, same_type, numbered
--   uses  street_core_idx
SELECT
  core, citycode, bool_or(street_type = %(street_type)s::text),
  coalesce(bool_or(numbers @> ARRAY[%(bare_key)s::integer]), false)
FROM geocoding.street
WHERE core = ANY (%(cores)s::text[]) AND citycode = ANY (%(citycodes)s::text[])
GROUP BY core, citycode;

-- name: communes_of_names_between
--   in    cores, first and past (bounds of INSEE codes), street_type, bare_key
--   out   as communes_of_names
--   uses  street_core_idx
SELECT
  core, citycode, bool_or(street_type = %(street_type)s::text),
  coalesce(bool_or(numbers @> ARRAY[%(bare_key)s::integer]), false)
FROM geocoding.street
WHERE core = ANY (%(cores)s::text[]) AND citycode >= %(first)s AND citycode < %(past)s
GROUP BY core, citycode;
