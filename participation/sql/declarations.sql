-- Declarations of participation.

-- name: declaration_practitioner
-- The present declaration of a practitioner.
--   in    idnps
--   out   the row, offer_ids as text
--   uses  practitioner_pkey
SELECT idnps, participating, en_sus, via, finess, siret, offer_ids::text[], has_software, vendors, vendor_refused,
  hours_declared, fru, declared_at, declared_by
FROM participation.practitioner
WHERE idnps = %(idnps)s;

-- name: declaration_places
-- Places of a practitioner in the directory.
--   in    idnps
--   out   offer_id, in_centre (it stands in a health centre)
--   uses  offer_idnps_idx, structure_pkey
SELECT o.offer_id::text, EXISTS (SELECT FROM participation.centre AS c WHERE c.finess = o.linked_finess) AS in_centre
FROM directory.offer AS o
WHERE o.idnps = %(idnps)s;

-- name: declaration_structures
-- A structure of the directory, by its number.
--   in    finess or siret (the other null)
--   out   finess, siret, category_code, name, centre (it is a health centre)
--   uses  structure_pkey; a scan by SIRET, for a declaration only
SELECT s.finess, s.siret, s.category_code, s.name,
  EXISTS (SELECT FROM participation.centre AS c WHERE c.finess = s.finess) AS centre
FROM directory.structure AS s
WHERE s.finess = %(finess)s OR left(s.siret, 9) = left(%(siret)s::text, 9);

-- name: declare_practitioner
-- Write the declaration of a practitioner.
--   in    every column
--   uses  practitioner_pkey
INSERT INTO participation.practitioner (idnps, participating, en_sus, via, finess, siret, offer_ids, has_software,
  vendors, vendor_refused, hours_declared, fru, declared_at, declared_by)
VALUES (%(idnps)s, %(participating)s, %(en_sus)s, %(via)s, %(finess)s, %(siret)s, %(offer_ids)s::uuid[],
  %(has_software)s, %(vendors)s::text[], %(vendor_refused)s, %(hours_declared)s, %(fru)s,
  %(declared_at)s::timestamptz, %(declared_by)s)
ON CONFLICT (idnps) DO UPDATE
SET participating = excluded.participating, en_sus = excluded.en_sus, via = excluded.via,
  finess = excluded.finess, siret = excluded.siret, offer_ids = excluded.offer_ids,
  has_software = excluded.has_software, vendors = excluded.vendors, vendor_refused = excluded.vendor_refused,
  hours_declared = excluded.hours_declared, fru = excluded.fru, declared_at = excluded.declared_at,
  declared_by = excluded.declared_by;

-- name: declaration_structure
-- The present declaration of a structure.
--   in    kind, number
--   out   the row
--   uses  structure_pkey
SELECT kind, number, participating, practitioners, hours_declared, phone, information, declared_at, declared_by
FROM participation.structure
WHERE kind = %(kind)s AND number = %(number)s;

-- name: declare_structure
-- Write the declaration of a structure.
--   in    every column
--   uses  structure_pkey
INSERT INTO participation.structure (kind, number, participating, practitioners, hours_declared, phone, information,
  declared_at, declared_by)
VALUES (%(kind)s, %(number)s, %(participating)s, %(practitioners)s::smallint, %(hours_declared)s, %(phone)s,
  %(information)s, %(declared_at)s::timestamptz, %(declared_by)s)
ON CONFLICT (kind, number) DO UPDATE
SET participating = excluded.participating, practitioners = excluded.practitioners,
  hours_declared = excluded.hours_declared, phone = excluded.phone, information = excluded.information,
  declared_at = excluded.declared_at, declared_by = excluded.declared_by;

-- name: history_lock
-- Lines of the history follow one another: one writer at a time until its commit.
SELECT pg_advisory_xact_lock(94502021);

-- name: history_last
-- The proof of the last line.
--   out   proof
--   uses  history_pkey
SELECT proof FROM participation.history ORDER BY history_id DESC LIMIT 1;

-- name: history_add
-- Add a line.
--   in    recorded_at, actor, subject, statement, before, after (JSON), proof
INSERT INTO participation.history (recorded_at, actor, subject, statement, before, after, proof)
VALUES (%(recorded_at)s::timestamptz, %(actor)s, %(subject)s, %(statement)s, %(before)s::jsonb, %(after)s::jsonb,
  %(proof)s);

-- name: history_of
-- The lines of one subject, newest first.
--   in    subject, max_rows
--   out   recorded_at, actor, statement, before, after, proof
--   uses  history_subject_idx
SELECT recorded_at, actor, statement, before, after, proof
FROM participation.history
WHERE subject = %(subject)s
ORDER BY history_id DESC
LIMIT %(max_rows)s::integer;

-- name: history_after
-- Lines in order, by pages.
--   in    after_id, max_rows
--   out   history_id and every column
--   uses  history_pkey
SELECT history_id, recorded_at, actor, subject, statement, before, after, proof
FROM participation.history
WHERE history_id > %(after_id)s::bigint
ORDER BY history_id
LIMIT %(max_rows)s::integer;

-- name: participation_of_offers
-- What is declared for some sheets, as a search may show it.
--   in    offer_ids
--   out   offer_id, participating, via, en_sus, vendor_refused, fru; no row where nothing is declared
--   uses  offer_pkey, practitioner_pkey, structure_pkey
SELECT offer_id::text, participating, via, en_sus, vendor_refused, fru
FROM participation.offer
WHERE offer_id = ANY (%(offer_ids)s::uuid[]);
