-- Addresses of the base in service, to ask of the geocoder.

-- name: sample_addresses
-- One address of each street drawn; always the same ones on the same base.
--   in    part (one street out of so many is drawn), count (most rows)
--   out   number, suffix, name and type of the street, postal_code, citycode, town, rank; in a drawn order
SELECT
  s.numbers[p.at] / 2048, coalesce(s.suffixes[p.at], ''), s.name, s.street_type, s.postal_code, s.citycode, c.name,
  abs(hashint8extended(s.street_id, 2)) AS rank
FROM geocoding.street AS s
JOIN territory.commune AS c USING (citycode)
CROSS JOIN LATERAL (
  SELECT 1 + (abs(hashint8extended(s.street_id, 1)) %% cardinality(s.numbers))::integer AS at
) AS p
WHERE cardinality(s.numbers) > 0 AND abs(hashint8extended(s.street_id, 0)) %% %(part)s = 0
ORDER BY rank
LIMIT %(count)s;

-- name: numbered_streets
-- How many streets have a number.
SELECT count(*) FROM geocoding.street WHERE cardinality(numbers) > 0;

-- name: addresses_in_service
-- How many numbers the base holds.
SELECT coalesce(sum(cardinality(numbers)), 0) FROM geocoding.street;

-- name: reader_sessions
-- Sessions of this database under the name of its readers: those of the processes measured.
--   out   pid
SELECT pid
FROM pg_stat_activity
WHERE application_name = 'sas-reader' AND datname = current_database() AND backend_type = 'client backend';
