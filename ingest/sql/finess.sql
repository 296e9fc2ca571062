-- FINESS: staged establishments to structures, offers and addresses with their official positions.
-- Names in braces are staging tables, filled with quoted identifiers by `ingest.load.finess`.

-- name: create_structure_row
-- One establishment as read; lon, lat in degrees (EPSG:4326) whatever the file had; `quality` tells what the official
-- position is: address, street (key of a street in the address base), commune (its centre), none.
CREATE UNLOGGED TABLE {row} (
  file_rank integer NOT NULL,
  source_line bigint NOT NULL,
  finess text NOT NULL,
  finess_ej text,
  siret text,
  name text NOT NULL,
  category_code text NOT NULL,
  category_label text,
  phone text,
  opened_on date,
  closed_on date,
  complement text NOT NULL,
  number text NOT NULL,
  suffix text NOT NULL,
  street_type text NOT NULL,
  street_name text NOT NULL,
  locality text NOT NULL,
  postal_code text NOT NULL,
  office text NOT NULL,
  citycode text NOT NULL,
  department_code text,
  lon double precision,
  lat double precision,
  srid integer,
  score real,
  quality text NOT NULL,
  reason text
);

-- name: drop_repeated_structures
-- A FINESS number stands once: the most recent file's line is kept, then the last.
--   out   rows dropped
DELETE FROM {row} AS r
USING (
  SELECT ctid, row_number() OVER (PARTITION BY finess ORDER BY file_rank DESC, source_line DESC) AS place FROM {row}
) AS ranked
WHERE r.ctid = ranked.ctid AND ranked.place > 1;

-- name: stage_structures
-- Structures with the key of their address, which holds the official coordinates when there are some.
CREATE UNLOGGED TABLE {structure} AS
SELECT
  *,
  md5(
    finess || '|' || coalesce(finess_ej, '') || '|' || coalesce(siret, '') || '|' || name || '|' || category_code
      || '|' || coalesce(category_label, '') || '|' || coalesce(phone, '') || '|' || coalesce(opened_on::text, '')
      || '|' || coalesce(closed_on::text, '') || '|' || address_id::text
  )::uuid AS content_hash
FROM (
  SELECT
    *,
    md5(
      complement || '|' || number || '|' || suffix || '|' || street_type || '|' || street_name || '|' || locality
        || '|' || postal_code || '|' || office || '|' || citycode
        || CASE WHEN lon IS NOT NULL THEN '|' || lon::text || '|' || lat::text || '|' || quality ELSE '' END
    )::uuid AS address_id
  FROM {row}
) AS keyed;

-- name: stage_structure_addresses
CREATE UNLOGGED TABLE {address} AS
SELECT DISTINCT ON (address_id)
  address_id, complement, number, suffix, street_type, street_name, locality, postal_code, office,
  citycode AS source_citycode
FROM {structure}
ORDER BY address_id, source_line;

-- name: place_officially
-- The official position, not yet checked. The commune is the present one: of the file, else the successor when there
-- is one only; the town-wide code of Paris, Lyon, Marseille gives way to the arrondissement of the postal code.
UPDATE {address} AS a
SET lon = s.lon, lat = s.lat, position_srid = s.srid, position_score = s.score, position_reason = s.reason,
  position_source = CASE WHEN s.lon IS NOT NULL THEN 'finess' END,
  position_level = CASE s.quality WHEN 'address' THEN 'given' WHEN 'street' THEN 'street'
    WHEN 'commune' THEN 'municipality' ELSE 'none' END,
  citycode = coalesce(arrondissement.citycode, present.citycode, successor.citycode),
  department_code = coalesce(arrondissement.department_code, present.department_code, heir.department_code,
    s.department_code)
FROM (SELECT DISTINCT ON (address_id) * FROM {structure} ORDER BY address_id, source_line) AS s
LEFT JOIN territory.commune AS present ON present.citycode = s.citycode
LEFT JOIN (
  SELECT former_citycode, min(citycode) AS citycode
  FROM territory.former_commune
  GROUP BY former_citycode
  HAVING count(DISTINCT citycode) = 1
) AS successor ON present.citycode IS NULL AND successor.former_citycode = s.citycode
LEFT JOIN territory.commune AS heir ON heir.citycode = successor.citycode
LEFT JOIN (
  SELECT c.parent_citycode, p.postal_code, min(c.citycode) AS citycode, min(c.department_code) AS department_code
  FROM territory.commune AS c
  JOIN territory.postal_code AS p ON p.citycode = c.citycode
  WHERE c.kind = 'ARM'
  GROUP BY c.parent_citycode, p.postal_code
  HAVING count(DISTINCT c.citycode) = 1
) AS arrondissement ON arrondissement.parent_citycode = s.citycode AND arrondissement.postal_code = s.postal_code
WHERE s.address_id = a.address_id;

-- name: stage_structure_offers
-- Open structures of a category that gives care.
--   in    categories, as_of (date of the file), by literals
CREATE UNLOGGED TABLE {offer} AS
SELECT
  md5('finess|' || finess)::uuid AS offer_id,
  'structure' AS kind,
  NULL::text AS idnps,
  finess,
  siret,
  'F' || finess AS structure_key,
  name AS structure_name,
  name,
  ARRAY[category_code] AS specialty_codes,
  NULL::text AS mode_code,
  NULL::text AS sector_code,
  address_id AS own_address_id,
  address_id,
  finess AS linked_finess,
  phone,
  NULL::text AS mssante,
  file_rank,
  source_line,
  content_hash
FROM {structure}
WHERE closed_on IS NULL
  AND (opened_on IS NULL OR opened_on <= {as_of}::date)
  AND category_code = ANY({categories}::text[]);

-- name: structure_exclusions
-- Structures kept for what they are, but that are no offer of care, by reason.
--   out   reason, structures
SELECT
  CASE
    WHEN closed_on IS NOT NULL THEN 'closed'
    WHEN opened_on > {as_of}::date THEN 'not-open-yet'
    ELSE 'category-without-care'
  END AS reason,
  count(*)
FROM {structure} AS s
WHERE NOT EXISTS (SELECT FROM {offer} AS o WHERE o.finess = s.finess)
GROUP BY 1;

-- name: structure_changes
--   out   change, structures
SELECT
  CASE WHEN t.finess IS NULL THEN 'added' WHEN s.finess IS NULL THEN 'removed' ELSE 'changed' END AS change,
  count(*)
FROM {structure} AS s
FULL JOIN directory.structure AS t USING (finess)
WHERE s.content_hash IS DISTINCT FROM t.content_hash
GROUP BY change;

-- name: structure_count
SELECT count(*) FROM {structure};

-- name: apply_structures
--   in    run_id, files, dates (by rank)
WITH gone AS (
  DELETE FROM directory.structure AS t
  WHERE NOT EXISTS (SELECT FROM {structure} AS s WHERE s.finess = t.finess)
), incoming AS (
  SELECT s.*
  FROM {structure} AS s
  LEFT JOIN directory.structure AS t USING (finess)
  WHERE t.content_hash IS DISTINCT FROM s.content_hash
)
INSERT INTO directory.structure AS kept (
  finess, finess_ej, siret, name, category_code, category_label, address_id, phone, opened_on, closed_on,
  source_file, source_line, source_date, content_hash, run_id
)
SELECT
  finess, finess_ej, siret, name, category_code, category_label, address_id, phone, opened_on, closed_on,
  (%(files)s::text[])[file_rank], source_line, (%(dates)s::date[])[file_rank], content_hash, %(run_id)s
FROM incoming
ON CONFLICT (finess) DO UPDATE
SET finess_ej = excluded.finess_ej, siret = excluded.siret, name = excluded.name,
  category_code = excluded.category_code, category_label = excluded.category_label,
  address_id = excluded.address_id, phone = excluded.phone, opened_on = excluded.opened_on,
  closed_on = excluded.closed_on, source_file = excluded.source_file, source_line = excluded.source_line,
  source_date = excluded.source_date, content_hash = excluded.content_hash, run_id = excluded.run_id;
