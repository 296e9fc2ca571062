-- Candidates of a search: what is near, how many, and in which order until the pure ranking takes over.

-- name: nearest_holders
-- The nearest offers of a group of specialties with who holds each, to settle the area.
--   in    lon, lat (degrees, EPSG:4326), specialty_id (head of the group), max_rows
--   out   distance_m (metres over the ground), holder (a person has one holder for several places),
--         department_code; nearest first
--   uses  offer_specialty_location_gix (KNN), offer_pkey
WITH origin AS (
  SELECT ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326)::geography AS point
), near AS (
  SELECT s.offer_id, s.department_code, ST_Distance(s.location, origin.point) AS distance_m
  FROM origin
  CROSS JOIN LATERAL (
    SELECT offer_id, department_code, location
    FROM directory.offer_specialty
    WHERE specialty_id = %(specialty_id)s::integer
    ORDER BY location <-> origin.point
    LIMIT %(max_rows)s::integer
  ) AS s
)
SELECT near.distance_m, coalesce(o.idnps, near.offer_id::text) AS holder, near.department_code
FROM near
LEFT JOIN directory.offer AS o USING (offer_id)
ORDER BY near.distance_m;

-- name: nearest_offers
-- Offers of a group, nearest first on the sphere, from a distance on; the caller cuts at its radius.
--   in    lon, lat (degrees, EPSG:4326), specialty_id, from_m (metres over the ground; 0 for the first
--         page), max_rows
--   out   offer_id, distance_m (metres over the ground, spheroid), sphere_m (same, sphere: what the walk follows;
--         they differ by 0.0056 of the distance at most)
--   uses  offer_specialty_location_gix (KNN)
WITH origin AS (
  SELECT ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326)::geography AS point
), near AS (
  SELECT s.offer_id, s.sphere_m, ST_Distance(s.location, origin.point) AS distance_m
  FROM origin
  CROSS JOIN LATERAL (
    SELECT offer_id, location, location <-> origin.point AS sphere_m
    FROM directory.offer_specialty
    WHERE specialty_id = %(specialty_id)s::integer
      AND location <-> origin.point >= %(from_m)s::float8 * 0.994 - 1
    ORDER BY location <-> origin.point
    LIMIT %(max_rows)s::integer
  ) AS s
)
SELECT offer_id::text, distance_m, sphere_m
FROM near
ORDER BY sphere_m;

-- name: count_within
-- How many offers of a group stand within a radius over the ground.
--   in    lon, lat (degrees, EPSG:4326), specialty_id, radius_m
--   out   total
--   uses  offer_specialty_location_gix
SELECT count(*) AS total
FROM directory.offer_specialty
WHERE specialty_id = %(specialty_id)s::integer
  AND ST_DWithin(
    location,
    ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326)::geography,
    %(radius_m)s::float8
  );

-- name: department_offers
-- Offers of a group in a department, in the seeded order of `search.rank.tie`, after a tie.
--   in    specialty_id, department, seed, after_tie ('' for the first page), max_rows
--   out   offer_id
--   uses  offer_specialty_department_idx
SELECT s.offer_id::text
FROM directory.offer_specialty AS s
CROSS JOIN LATERAL (SELECT md5(%(seed)s::text || ':' || s.offer_id::text) COLLATE "C" AS tie) AS seeded
WHERE s.specialty_id = %(specialty_id)s::integer
  AND s.department_code = %(department)s::text
  AND seeded.tie > %(after_tie)s::text COLLATE "C"
ORDER BY seeded.tie
LIMIT %(max_rows)s::integer;

-- name: count_in_department
-- How many offers of a group stand in a department.
--   in    specialty_id, department
--   out   total
--   uses  offer_specialty_department_idx
SELECT count(*) AS total
FROM directory.offer_specialty
WHERE specialty_id = %(specialty_id)s::integer
  AND department_code = %(department)s::text;
