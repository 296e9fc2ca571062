-- The directory: staged offers and addresses against those in service, and the swap. Shared by the Annuaire and
-- FINESS. Names in braces are staging tables (or subqueries) filled by `ingest.load.directory`.

-- name: bulk_session
-- For the statements of one load: big hashes in memory, two workers, the commit of staging not waited for.
SELECT
  set_config('work_mem', '256MB', false),
  set_config('maintenance_work_mem', '512MB', false),
  set_config('hash_mem_multiplier', '2', false),
  set_config('max_parallel_workers_per_gather', '2', false),
  set_config('max_parallel_maintenance_workers', '2', false),
  set_config('parallel_setup_cost', '100', false),
  set_config('parallel_tuple_cost', '0.01', false);

-- name: add_positions
-- What is known of where a staged address is, in the shape of directory.address.
ALTER TABLE {address}
  ADD citycode text,
  ADD department_code text,
  ADD lon double precision,
  ADD lat double precision,
  ADD position_level text NOT NULL DEFAULT 'none',
  ADD position_score real,
  ADD position_source text,
  ADD position_srid integer,
  ADD position_reason text,
  ADD geocoded_with bigint,
  ADD other_lon double precision,
  ADD other_lat double precision,
  ADD other_source text,
  ADD other_level text,
  ADD other_score real,
  ADD apart_m real;

-- name: stage_changes
-- What differs between the staged offers and those of the source in service.
--   in    source
--   out   offer_id, change (added, changed, removed)
CREATE UNLOGGED TABLE {change} AS
SELECT
  coalesce(s.offer_id, t.offer_id) AS offer_id,
  CASE WHEN t.offer_id IS NULL THEN 'added' WHEN s.offer_id IS NULL THEN 'removed' ELSE 'changed' END AS change
FROM {offer} AS s
FULL JOIN (SELECT offer_id, content_hash FROM directory.offer WHERE source = {source}) AS t USING (offer_id)
WHERE s.content_hash IS DISTINCT FROM t.content_hash;

-- name: drop_table
DROP TABLE IF EXISTS {table};

-- name: change_counts
--   out   change, rows
SELECT change, count(*) FROM {change} GROUP BY change;

-- name: staged_offer_count
SELECT count(*) FROM {offer};

-- name: change_samples
-- Five offers of each kind of change, by name.
--   out   change, samples
SELECT c.change, array_agg(coalesce(s.name, t.name) || ' · ' || coalesce(s.structure_name, t.structure_name, ''))
FROM (
  (SELECT * FROM {change} WHERE change = 'added' ORDER BY offer_id LIMIT 5)
  UNION ALL
  (SELECT * FROM {change} WHERE change = 'changed' ORDER BY offer_id LIMIT 5)
  UNION ALL
  (SELECT * FROM {change} WHERE change = 'removed' ORDER BY offer_id LIMIT 5)
) AS c
LEFT JOIN {offer} AS s USING (offer_id)
LEFT JOIN directory.offer AS t USING (offer_id)
GROUP BY c.change;

-- name: move_addresses
-- Addresses in service whose position is now another one: the offers shown there are noted as touched.
WITH moved AS (
  UPDATE directory.address AS t
  SET citycode = s.citycode, department_code = s.department_code, lon = s.lon, lat = s.lat,
    position_level = s.position_level, position_score = s.position_score, position_source = s.position_source,
    position_srid = s.position_srid, position_reason = s.position_reason, geocoded_with = s.geocoded_with,
    other_lon = s.other_lon, other_lat = s.other_lat, other_source = s.other_source, other_level = s.other_level,
    other_score = s.other_score, apart_m = s.apart_m
  FROM {address} AS s
  WHERE t.address_id = s.address_id
    AND (
      t.citycode, t.department_code, t.lon, t.lat, t.position_level, t.position_score, t.position_source,
      t.position_srid, t.position_reason, t.geocoded_with, t.other_lon, t.other_lat, t.other_source, t.other_level,
      t.other_score, t.apart_m
    ) IS DISTINCT FROM (
      s.citycode, s.department_code, s.lon, s.lat, s.position_level, s.position_score, s.position_source,
      s.position_srid, s.position_reason, s.geocoded_with, s.other_lon, s.other_lat, s.other_source, s.other_level,
      s.other_score, s.apart_m
    )
  RETURNING t.address_id
)
INSERT INTO touched SELECT o.offer_id FROM directory.offer AS o JOIN moved USING (address_id);

-- name: apply_addresses
-- Addresses not yet in service. Ordered: neighbours share pages, and all is read before anything is written (a loop
-- over the table it fills would meet its own rows again and again).
INSERT INTO directory.address (
  address_id, complement, number, suffix, street_type, street_name, locality, postal_code, office, source_citycode,
  citycode, department_code, lon, lat, position_level, position_score, position_source, position_srid,
  position_reason, geocoded_with, other_lon, other_lat, other_source, other_level, other_score, apart_m
)
SELECT
  address_id, complement, number, suffix, street_type, street_name, locality, postal_code, office, source_citycode,
  citycode, department_code, lon, lat, position_level, position_score, position_source, position_srid,
  position_reason, geocoded_with, other_lon, other_lat, other_source, other_level, other_score, apart_m
FROM {address} AS s
WHERE NOT EXISTS (SELECT FROM directory.address AS t WHERE t.address_id = s.address_id)
ORDER BY department_code, citycode, address_id;

-- name: place_link
-- Subquery. The structure each offer stands in, and the address it is shown at: that of the structure when its
-- position is official, or put right by hand, and both addresses name one commune (or one postal code), else its own, or
-- the one that was put right for it.
--   in    offers: offer_id, idnps, finess, siret, own_address_id
SELECT
  o.offer_id,
  f.finess AS linked_finess,
  CASE
    WHEN (theirs.position_level = 'given' OR theirs.position_source = 'manual')
      AND (own.citycode = theirs.citycode OR own.postal_code = theirs.postal_code OR own.postal_code = '')
    THEN f.address_id
    ELSE coalesce(mine.address_id, o.own_address_id)
  END AS address_id
FROM {offers} AS o
LEFT JOIN (
  SELECT siret, min(finess) AS finess
  FROM directory.structure
  WHERE siret IS NOT NULL AND closed_on IS NULL
  GROUP BY siret
  HAVING count(*) = 1
) AS by_siret ON o.finess IS NULL AND by_siret.siret = o.siret
LEFT JOIN directory.structure AS f ON f.finess = coalesce(o.finess, by_siret.finess) AND f.closed_on IS NULL
LEFT JOIN directory.address AS theirs ON theirs.address_id = f.address_id
LEFT JOIN directory.address AS own ON own.address_id = o.own_address_id AND f.finess IS NOT NULL
LEFT JOIN directory.address AS mine
  ON mine.corrects = o.own_address_id AND (mine.corrects_for IS NULL OR mine.corrects_for = o.idnps)

-- name: link_staged_offers
-- Staged offers of practitioners that stand in a structure in service.
UPDATE {offer} AS s
SET linked_finess = link.linked_finess, address_id = link.address_id
FROM ({link}) AS link
WHERE link.offer_id = s.offer_id AND link.linked_finess IS NOT NULL;

-- name: staged_offers_to_link
-- Subquery: staged offers of practitioners that name a structure.
SELECT offer_id, idnps, finess, siret, own_address_id
FROM {offer}
WHERE kind = 'practitioner' AND (finess IS NOT NULL OR siret IS NOT NULL)

-- name: structures_known
SELECT EXISTS (SELECT FROM directory.structure);

-- name: keep_history
-- The former values of the fields that change, with the address that was shown.
--   in    run_id
INSERT INTO directory.offer_change (offer_id, run_id, before)
SELECT
  t.offer_id,
  %(run_id)s,
  jsonb_strip_nulls(jsonb_build_object(
    'name', CASE WHEN t.name IS DISTINCT FROM s.name THEN t.name END,
    'structure_name', CASE WHEN t.structure_name IS DISTINCT FROM s.structure_name THEN t.structure_name END,
    'specialty_codes', CASE WHEN t.specialty_codes IS DISTINCT FROM s.specialty_codes THEN to_jsonb(t.specialty_codes) END,
    'phone', CASE WHEN t.phone IS DISTINCT FROM s.phone THEN t.phone END,
    'mssante', CASE WHEN t.mssante IS DISTINCT FROM s.mssante THEN t.mssante END,
    'finess', CASE WHEN t.finess IS DISTINCT FROM s.finess THEN t.finess END,
    'siret', CASE WHEN t.siret IS DISTINCT FROM s.siret THEN t.siret END,
    'address', CASE WHEN t.own_address_id IS DISTINCT FROM s.own_address_id THEN jsonb_build_object(
      'label', concat_ws(' ', nullif(a.number, ''), nullif(a.suffix, ''), nullif(a.street_type, ''),
        nullif(a.street_name, ''), nullif(a.locality, ''), nullif(a.office, '')),
      'citycode', a.citycode, 'lon', a.lon, 'lat', a.lat, 'level', a.position_level) END,
    'source_file', t.source_file,
    'source_line', t.source_line,
    'source_date', t.source_date
  ))
FROM {change} AS c
JOIN directory.offer AS t USING (offer_id)
JOIN {offer} AS s USING (offer_id)
LEFT JOIN directory.address AS a ON a.address_id = t.own_address_id
WHERE c.change = 'changed';

-- name: change_offers
--   in    run_id, files, dates (by rank)
UPDATE directory.offer AS t
SET finess = s.finess, siret = s.siret, linked_finess = s.linked_finess, structure_key = s.structure_key,
  structure_name = s.structure_name, name = s.name, specialty_codes = s.specialty_codes, mode_code = s.mode_code,
  sector_code = s.sector_code, address_id = s.address_id, own_address_id = s.own_address_id, phone = s.phone,
  mssante = s.mssante, source_file = (%(files)s::text[])[s.file_rank], source_line = s.source_line,
  source_date = (%(dates)s::date[])[s.file_rank], content_hash = s.content_hash, run_id = %(run_id)s
FROM {change} AS c
JOIN {offer} AS s USING (offer_id)
WHERE c.change = 'changed' AND t.offer_id = c.offer_id;

-- name: is_added
-- Condition on a staged offer `s`: it is not in service yet.
s.offer_id IN (SELECT offer_id FROM {change} WHERE change = 'added')

-- name: add_offers
-- Composed: is_new (condition on a staged offer `s`).
--   in    source, run_id, files, dates (by rank)
INSERT INTO directory.offer (
  offer_id, kind, source, idnps, finess, siret, linked_finess, structure_key, structure_name, name, specialty_codes,
  mode_code, sector_code, address_id, own_address_id, phone, mssante, source_file, source_line, source_date,
  content_hash, run_id
)
SELECT
  s.offer_id, s.kind, %(source)s, s.idnps, s.finess, s.siret, s.linked_finess, s.structure_key, s.structure_name,
  s.name, s.specialty_codes, s.mode_code, s.sector_code, s.address_id, s.own_address_id, s.phone, s.mssante,
  (%(files)s::text[])[s.file_rank], s.source_line, (%(dates)s::date[])[s.file_rank], s.content_hash, %(run_id)s
FROM {offer} AS s
WHERE {is_new};

-- name: remove_offers
-- Offers that left the files go with their history and with what a search walks through.
WITH gone AS (
  DELETE FROM directory.offer AS t USING {change} AS c
  WHERE c.change = 'removed' AND t.offer_id = c.offer_id
  RETURNING t.offer_id
), forgotten AS (
  DELETE FROM directory.offer_change AS h USING gone WHERE h.offer_id = gone.offer_id
)
DELETE FROM directory.offer_specialty AS p USING gone WHERE p.offer_id = gone.offer_id;

-- name: touch_changed
INSERT INTO touched SELECT offer_id FROM {change} WHERE change <> 'removed';

-- name: touch_none
CREATE TEMP TABLE touched (offer_id uuid NOT NULL) ON COMMIT DROP;

-- name: any_touched
-- Whether an offer changed, or moved: the same files placed with a newer address base move some.
SELECT EXISTS (SELECT FROM touched);

-- name: count_touched
SELECT count(DISTINCT offer_id) FROM touched;

-- name: analyse_touched
ANALYZE touched;

-- name: relink_offers
-- Offers of the Annuaire whose structure, or its position, changed with a load of structures.
WITH wanted AS (
  {link}
), moved AS (
  UPDATE directory.offer AS t
  SET linked_finess = w.linked_finess, address_id = w.address_id
  FROM wanted AS w
  WHERE t.offer_id = w.offer_id
    AND (t.linked_finess, t.address_id) IS DISTINCT FROM (w.linked_finess, w.address_id)
  RETURNING t.offer_id
)
INSERT INTO touched SELECT offer_id FROM moved;

-- name: offers_to_relink
-- Subquery: offers of practitioners that name a structure.
SELECT offer_id, idnps, finess, siret, own_address_id
FROM directory.offer
WHERE kind = 'practitioner' AND (finess IS NOT NULL OR siret IS NOT NULL)

-- name: clear_touched_specialties
DELETE FROM directory.offer_specialty WHERE offer_id IN (SELECT offer_id FROM touched);

-- name: add_touched_specialties
-- One row per located offer and group of specialities.
INSERT INTO directory.offer_specialty (specialty_id, offer_id, department_code, location)
SELECT grouped.group_id, o.offer_id, a.department_code, ST_SetSRID(ST_MakePoint(a.lon, a.lat), 4326)::geography
FROM directory.offer AS o
JOIN directory.address AS a ON a.address_id = o.address_id
JOIN (
  SELECT DISTINCT codes.specialty_codes, s.group_id
  FROM (SELECT DISTINCT specialty_codes FROM directory.offer) AS codes
  JOIN directory.specialty AS s ON s.code = ANY(codes.specialty_codes)
) AS grouped ON grouped.specialty_codes = o.specialty_codes
WHERE o.offer_id IN (SELECT offer_id FROM touched)
  AND a.lon IS NOT NULL AND a.department_code IS NOT NULL
ORDER BY grouped.group_id, ST_SetSRID(ST_MakePoint(a.lon, a.lat), 4326);  -- Hilbert order: neighbours share pages

-- name: drop_orphan_addresses
-- Addresses nobody stands at any more.
DELETE FROM directory.address AS a
WHERE NOT EXISTS (SELECT FROM directory.offer AS o WHERE o.address_id = a.address_id)
  AND NOT EXISTS (SELECT FROM directory.offer AS o WHERE o.own_address_id = a.address_id)
  AND NOT EXISTS (SELECT FROM directory.structure AS s WHERE s.address_id = a.address_id)
  AND NOT EXISTS (SELECT FROM directory.address AS c WHERE c.corrects = a.address_id);

-- name: directory_is_empty
SELECT NOT EXISTS (SELECT FROM directory.offer);

-- name: table_is_empty
SELECT NOT EXISTS (SELECT FROM {table});

-- name: truncate_table
TRUNCATE {table};

-- name: index_definitions
-- Indexes of a table; the key of one that is its primary key.
--   in    table_name
--   out   name, definition, primary_key (null for an ordinary index)
SELECT i.indexname, i.indexdef, pg_get_constraintdef(c.oid)
FROM pg_indexes AS i
LEFT JOIN pg_constraint AS c ON c.conname = i.indexname AND c.connamespace = 'directory'::regnamespace
WHERE i.schemaname = 'directory' AND i.tablename = %(table_name)s
ORDER BY i.indexname;

-- name: drop_constraint
ALTER TABLE {table} DROP CONSTRAINT {constraint};

-- name: add_constraint
ALTER TABLE {table} ADD CONSTRAINT {constraint} {definition};

-- name: drop_index
DROP INDEX {index};

-- name: analyse_directory
ANALYZE directory.offer, directory.address, directory.practitioner, directory.structure, directory.offer_specialty;

-- name: offer_specialty_is_empty
SELECT NOT EXISTS (SELECT FROM directory.offer_specialty);

-- name: analyse_any
ANALYZE {table};

-- name: refresh_map
-- Points and groups of the vector tiles, written again in the transaction of the swap.
SELECT map.refresh();
