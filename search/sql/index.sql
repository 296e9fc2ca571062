-- What a search walks through, read whole by each server process: every located offer, as records of one size.

-- name: index_version
-- Changes when the offers, their places or their declarations do.
--   out   runs, corrections, correction_count, declarations (bigint)
--   uses  run_source_idx, position_correction_pkey, history_pkey
SELECT (SELECT coalesce(max(run_id), 0) FROM ingest.run WHERE state = 'applied') AS runs,
  (SELECT coalesce(max(correction_id), 0) FROM directory.position_correction) AS corrections,
  (SELECT count(correction_id) FROM directory.position_correction) AS correction_count,
  (SELECT coalesce(max(history_id), 0) FROM participation.history) AS declarations;

-- name: index_rows
-- One record for each located offer and group of specialties; no column is null, so that all have one size.
--   in    specialty_ids (integer array; null = all)
--   out   specialty_id (head of the group), offer_id, holder (digest of the person; of the offer for a structure),
--         address_id, lon, lat (degrees, EPSG:4326), department (three characters), flags (bits: 1 structure,
--         2 declared, 4 participating, 8 en sus), via (0 none, 1 individual, 2 cpts, 3 msp, 4 cds, 5 sos),
--         gathering (digest of the CPTS, MSP or SOS association taken part through; 0 none), place_kind
--         (specialty_id of the category of the structure; 0 = a practice)
--   uses  the whole tables
COPY (
  SELECT s.specialty_id, o.offer_id, hashtextextended(coalesce(o.idnps, o.offer_id::text), 0) AS holder,
    o.address_id, ST_X(s.location::geometry) AS lon, ST_Y(s.location::geometry) AS lat,
    rpad(s.department_code, 3) AS department,
    ((o.kind = 'structure')::integer + (d.participating IS NOT NULL)::integer * 2
      + coalesce(d.participating, false)::integer * 4 + coalesce(d.en_sus, false)::integer * 8)::smallint AS flags,
    coalesce(array_position(ARRAY['individual', 'cpts', 'msp', 'cds', 'sos'], d.via), 0)::smallint AS via,
    coalesce(hashtextextended(g.via || ':' || g.number, 0), 0) AS gathering,
    coalesce(k.specialty_id, 0) AS place_kind
  FROM directory.offer_specialty AS s
  JOIN directory.offer AS o USING (offer_id)
  LEFT JOIN (
    SELECT DISTINCT ON (offer_id) offer_id, participating, via, en_sus FROM participation.offer ORDER BY offer_id
  ) AS d USING (offer_id)
  LEFT JOIN (
    SELECT DISTINCT ON (offer_id) offer_id, via, number FROM participation.gathering ORDER BY offer_id
  ) AS g USING (offer_id)
  LEFT JOIN directory.structure AS t ON t.finess = coalesce(o.linked_finess, o.finess)
  LEFT JOIN directory.specialty AS k ON k.code = t.category_code AND k.kind = 'structure'
  WHERE %(specialty_ids)s::integer[] IS NULL OR s.specialty_id = ANY (%(specialty_ids)s::integer[])
) TO STDOUT (FORMAT binary);
