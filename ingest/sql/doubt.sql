-- Doubtful positions: a work list, worst first. Read-only role. Composed: shown (below), which counts the sheets shown at
-- an address, over the whole directory at once or address by address.

-- name: shown_everywhere
-- Join, for the whole country: every offer is read once.
LEFT JOIN (
  SELECT o.address_id, count(*) AS offers, bool_or(o.source = 'annuaire') AS of_annuaire
  FROM directory.offer AS o
  GROUP BY o.address_id
) AS shown USING (address_id)

-- name: shown_here
-- Join, for some departments.
--   uses  offer_address_idx
LEFT JOIN LATERAL (
  SELECT count(*) AS offers, bool_or(o.source = 'annuaire') AS of_annuaire
  FROM directory.offer AS o
  WHERE o.address_id = a.address_id
  HAVING count(*) > 0
) AS shown ON true

-- name: from_anywhere
-- Condition on an address `a`.
true

-- name: from_annuaire
-- Condition on an address joined with `shown`: a sheet of the Annuaire is shown there.
coalesce(shown.of_annuaire, false)

-- name: from_finess
-- Condition on an address `a`: an establishment stands there.
a.address_id IN (SELECT s.address_id FROM directory.structure AS s)

-- name: somebody_stands
-- Condition on an address `a` joined with `shown`: a sheet is shown there, or an establishment stands there. The own
-- address of somebody shown at an establishment places nobody.
(shown.offers IS NOT NULL OR a.address_id IN (SELECT s.address_id FROM directory.structure AS s))

-- name: doubt_counts
-- How many addresses bear the same doubts, and how many sheets are shown there.
-- Composed: shown, somebody_stands, from_source (conditions above).
--   in    departments (text[]), kinds (text[]), each null for all
--   out   kinds, addresses, offers
--   uses  address_doubt_idx
SELECT a.position_doubts, count(*) AS addresses, coalesce(sum(shown.offers), 0)::bigint AS offers
FROM directory.address AS a
{shown}
WHERE a.position_doubts IS NOT NULL
  AND (%(departments)s::text[] IS NULL OR a.department_code = ANY (%(departments)s))
  AND (%(kinds)s::text[] IS NULL OR a.position_doubts && %(kinds)s)
  AND {somebody_stands} AND {from_source}
GROUP BY a.position_doubts
ORDER BY a.position_doubts;

-- name: doubtful_addresses
-- Worst first: by what is at stake, then those where care is offered, then by the metres between both positions, then
-- by the number of sheets shown there. One place stands for all those of an address. Composed: shown, somebody_stands,
-- from_source.
--   in    as doubt_counts; max_rows
--   out   address_id, place (FINESS, else RPPS, else IDNPS), name, offers, kinds, rank, the fields of the address,
--         citycode, commune, department, position and the other one (degrees, EPSG:4326), apart_m
--   uses  address_doubt_idx; structure and offer by address for the rows kept
WITH worst AS (
  SELECT a.*, directory.doubt_rank(a.position_doubts) AS rank, shown.offers
  FROM directory.address AS a
  {shown}
  WHERE a.position_doubts IS NOT NULL
    AND (%(departments)s::text[] IS NULL OR a.department_code = ANY (%(departments)s))
    AND (%(kinds)s::text[] IS NULL OR a.position_doubts && %(kinds)s)
    AND {somebody_stands} AND {from_source}
  ORDER BY rank, shown.offers IS NULL, a.apart_m DESC NULLS LAST, shown.offers DESC NULLS LAST, a.address_id
  LIMIT %(max_rows)s
), standing AS (
  SELECT DISTINCT ON (w.address_id) w.address_id, s.finess, s.name
  FROM worst AS w
  JOIN directory.structure AS s USING (address_id)
  ORDER BY w.address_id, s.closed_on IS NOT NULL, s.finess
), sheet AS (
  SELECT DISTINCT ON (w.address_id) w.address_id, o.finess, o.idnps, o.name
  FROM worst AS w
  JOIN directory.offer AS o USING (address_id)
  ORDER BY w.address_id, o.kind DESC, o.offer_id
)
SELECT
  w.address_id::text,
  coalesce(standing.finess, CASE WHEN sheet.idnps IS NULL THEN sheet.finess END, p.rpps, sheet.idnps) AS place,
  coalesce(standing.name, sheet.name, '') AS name,
  coalesce(w.offers, 0) AS offers,
  w.position_doubts AS kinds, w.rank,
  w.complement, w.number, w.suffix, w.street_type, w.street_name, w.locality, w.postal_code, w.office,
  w.citycode, c.name AS commune, w.department_code AS department,
  w.lon, w.lat, w.position_level AS level, w.position_score AS score, w.position_source AS source,
  w.position_reason AS reason,
  w.other_lon, w.other_lat, w.other_source, w.other_level, w.other_score, w.apart_m,
  directory.address_fingerprint(
    w.number, w.suffix, w.street_type, w.street_name, w.locality, w.postal_code, w.office
  )::text AS address_key
FROM worst AS w
LEFT JOIN standing USING (address_id)
LEFT JOIN sheet USING (address_id)
LEFT JOIN directory.practitioner AS p ON p.idnps = sheet.idnps
LEFT JOIN territory.commune AS c ON c.citycode = w.citycode
ORDER BY w.rank, w.offers IS NULL, w.apart_m DESC NULLS LAST, w.offers DESC NULLS LAST, w.address_id;
