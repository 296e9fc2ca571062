-- Statements of the benchmark of the search.

-- name: specialties_by_size
-- Groups of specialties present in the directory, the largest first.
--   out   code (head of the group), offers
SELECT s.code, counted.offers
FROM (
  SELECT specialty_id, count(*) AS offers
  FROM directory.offer_specialty
  GROUP BY specialty_id
) AS counted
JOIN directory.specialty AS s USING (specialty_id)
ORDER BY counted.offers DESC, s.code;

-- name: sample_offers
-- Offers drawn at random, always the same ones on the same data.
--   in    count
--   out   code, lon, lat (degrees, EPSG:4326)
WITH drawn AS (
  SELECT o.specialty_id, o.location::geometry AS point, o.offer_id
  FROM directory.offer_specialty AS o
  ORDER BY md5(o.offer_id::text || o.specialty_id::text)
  LIMIT %(count)s::integer
)
SELECT s.code, ST_X(drawn.point), ST_Y(drawn.point)
FROM drawn
JOIN directory.specialty AS s USING (specialty_id);

-- name: obvious_search
-- What one writes first: filter, measure, join the slots, sort, cut.
--   in    lon, lat (degrees, EPSG:4326), specialty_id, radius_m, start, until (timestamptz)
--   out   twenty cards with their distance, their next slot and the number of offers
SELECT o.*, a.*, d.timezone, declared.participating, next.start_at,
  ST_Distance(s.location, ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326)::geography) AS distance_m,
  count(*) OVER () AS total
FROM directory.offer_specialty AS s
JOIN directory.offer AS o USING (offer_id)
JOIN directory.address AS a USING (address_id)
LEFT JOIN territory.department AS d ON d.department_code = a.department_code
LEFT JOIN LATERAL (
  SELECT participating FROM participation.offer AS shown WHERE shown.offer_id = s.offer_id LIMIT 1
) AS declared ON true
LEFT JOIN LATERAL (
  SELECT min(slot.start_at) AS start_at
  FROM editor.slot
  WHERE slot.offer_id = s.offer_id AND slot.start_at BETWEEN %(start)s::timestamptz AND %(until)s::timestamptz
) AS next ON true
WHERE s.specialty_id = %(specialty_id)s::integer
  AND ST_DWithin(
    s.location, ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326)::geography, %(radius_m)s::float8
  )
ORDER BY next.start_at IS NULL, declared.participating IS NOT TRUE,
  extract(epoch FROM next.start_at) / 60
    + 3 * ST_Distance(s.location, ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326)::geography) / 1000
LIMIT 20;
