-- Sheets shown: everything a card says, for the few offers of a page.

-- name: cards
-- The sheets of some offers.
--   in    offer_ids (text array)
--   out   one row for each offer that still exists, in any order; lon, lat in degrees, EPSG:4326
--   uses  offer_pkey, address_pkey, practitioner_pkey
SELECT o.offer_id::text, o.kind, o.name, o.structure_name, p.rpps, o.finess, o.specialty_codes, o.phone,
  a.complement, a.number, a.suffix, a.street_type, a.street_name, a.locality, a.postal_code, a.office,
  a.citycode, a.department_code, a.lon, a.lat, a.position_level, a.position_score,
  a.position_source, a.position_reason, a.position_doubts,
  o.source, o.source_date
FROM directory.offer AS o
JOIN directory.address AS a USING (address_id)
LEFT JOIN directory.practitioner AS p USING (idnps)
WHERE o.offer_id = ANY (%(offer_ids)s::uuid[]);

-- name: declared_of
-- What is declared for one offer.
--   in    offer_id
--   out   participating, via, en_sus; no row where nothing is declared
--   uses  those of participation.offer
SELECT participating, via, en_sus FROM participation.offer WHERE offer_id = %(offer_id)s::uuid LIMIT 1;

-- name: directory_as_of
-- Date of the directory in service: that of its oldest part.
--   out   as_of (date, null when nothing is loaded)
--   uses  run_source_idx
SELECT min(latest.source_date) AS as_of
FROM (VALUES ('annuaire'), ('finess')) AS part (source)
CROSS JOIN LATERAL (
  SELECT run.source_date
  FROM ingest.run
  WHERE run.source = part.source AND run.state = 'applied'
  ORDER BY run.run_id DESC
  LIMIT 1
) AS latest;
