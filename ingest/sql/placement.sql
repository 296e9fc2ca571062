-- Our geocoding against official coordinates.

-- name: official_positions
-- Addresses of structures whose official position was kept, with their commune of today.
--   out   address_id, lon, lat (degrees, EPSG:4326), citycode, then the fields of the address
SELECT address_id::text, lon, lat, citycode, complement, number, suffix, street_type, street_name, locality,
  postal_code, office
FROM directory.address
WHERE position_level = 'given' AND citycode IS NOT NULL
ORDER BY citycode, address_id;

-- name: communes_with_streets
--   out   citycode of the communes of which the address base is loaded
SELECT DISTINCT citycode FROM geocoding.street;

-- name: position_levels
--   out   level, addresses
SELECT position_level, count(*) FROM directory.address GROUP BY position_level ORDER BY position_level;
