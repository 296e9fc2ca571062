-- Candidates of a search that asks for a declared participation. What is declared is read through the view
-- participation.offer, one offer at a time (LATERAL: joined flat, the view would be read whole), for the offers of the
-- area only: they are found by their own index first.

-- name: declared_near
-- Offers of a group within a radius whose declaration says what is asked; an offer without declaration is not there.
--   in    lon, lat (degrees, EPSG:4326), specialty_id, radius_m, from_m (metres over the ground; 0 for the first page),
--         participating
--   out   offer_id, distance_m (metres over the ground, spheroid)
--   uses  offer_specialty_location_gix; those of participation.offer
SELECT s.offer_id::text, s.distance_m
FROM (
  SELECT offer_id, ST_Distance(location, origin.point) AS distance_m
  FROM (SELECT ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326)::geography AS point) AS origin
  JOIN directory.offer_specialty ON ST_DWithin(location, origin.point, %(radius_m)s::float8)
  WHERE specialty_id = %(specialty_id)s::integer
  OFFSET 0
) AS s
CROSS JOIN LATERAL (
  SELECT participating FROM participation.offer AS shown WHERE shown.offer_id = s.offer_id LIMIT 1
) AS declared
WHERE s.distance_m >= %(from_m)s::float8 AND declared.participating = %(participating)s::boolean;

-- name: count_declared_within
-- How many offers of a group within a radius declare what is asked, and how many declare nothing.
--   in    lon, lat (degrees, EPSG:4326), specialty_id, radius_m, participating
--   out   total, unknown
--   uses  offer_specialty_location_gix; those of participation.offer
SELECT count(*) FILTER (WHERE declared.participating = %(participating)s::boolean) AS total,
  count(*) FILTER (WHERE declared.participating IS NULL) AS unknown
FROM (
  SELECT offer_id FROM directory.offer_specialty
  WHERE specialty_id = %(specialty_id)s::integer
    AND ST_DWithin(
      location,
      ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326)::geography,
      %(radius_m)s::float8
    )
  OFFSET 0
) AS s
LEFT JOIN LATERAL (
  SELECT participating FROM participation.offer AS shown WHERE shown.offer_id = s.offer_id LIMIT 1
) AS declared ON true;

-- name: declared_in_department
-- As `department_offers`, those whose declaration says what is asked.
--   in    specialty_id, department, seed, after_tie ('' for the first page), max_rows, participating
--   out   offer_id
--   uses  offer_specialty_department_idx; those of participation.offer
SELECT s.offer_id::text
FROM (
  SELECT offer_id, md5(%(seed)s::text || ':' || offer_id::text) COLLATE "C" AS tie
  FROM directory.offer_specialty
  WHERE specialty_id = %(specialty_id)s::integer AND department_code = %(department)s::text
  OFFSET 0
) AS s
CROSS JOIN LATERAL (
  SELECT participating FROM participation.offer AS shown WHERE shown.offer_id = s.offer_id LIMIT 1
) AS declared
WHERE s.tie > %(after_tie)s::text COLLATE "C" AND declared.participating = %(participating)s::boolean
ORDER BY s.tie
LIMIT %(max_rows)s::integer;

-- name: count_declared_in_department
-- How many offers of a group in a department declare what is asked, and how many declare nothing.
--   in    specialty_id, department, participating
--   out   total, unknown
--   uses  offer_specialty_department_idx; those of participation.offer
SELECT count(*) FILTER (WHERE declared.participating = %(participating)s::boolean) AS total,
  count(*) FILTER (WHERE declared.participating IS NULL) AS unknown
FROM (
  SELECT offer_id FROM directory.offer_specialty
  WHERE specialty_id = %(specialty_id)s::integer AND department_code = %(department)s::text
  OFFSET 0
) AS s
LEFT JOIN LATERAL (
  SELECT participating FROM participation.offer AS shown WHERE shown.offer_id = s.offer_id LIMIT 1
) AS declared ON true;
