-- A directory of the size of the country, for the preferred doctor: people and their places, nothing else.

-- name: copy_people
COPY directory.practitioner (idnps, rpps, family_name, given_name, profession_code) FROM STDIN;

-- name: invent_addresses
--   in    count
INSERT INTO directory.address (address_id, number, street_name, postal_code, office)
SELECT md5('a' || n)::uuid, '1', 'DE LA MAIRIE', '75001', 'VILLE ' || mod(n, 5000)
FROM generate_series(0, %(count)s::integer - 1) AS n;

-- name: invent_sheets
-- One sheet for each person, a second for one in three.
--   in    addresses (how many there are)
INSERT INTO directory.offer (offer_id, kind, source, idnps, name, specialty_codes, address_id, own_address_id,
  source_file, source_line, content_hash, run_id)
SELECT md5(p.idnps || place)::uuid, 'practitioner', 'annuaire', p.idnps, p.family_name, ARRAY['SM54'],
  a.address_id, a.address_id, 'f.txt', 1, md5(p.idnps)::uuid, 1
FROM directory.practitioner AS p
CROSS JOIN generate_series(1, CASE WHEN p.idnps LIKE '%%3' OR p.idnps LIKE '%%6' OR p.idnps LIKE '%%9' THEN 2 ELSE 1 END)
  AS place
CROSS JOIN LATERAL (
  SELECT md5('a' || mod((right(p.idnps, 7)::integer * 7 + place), %(addresses)s::integer))::uuid AS address_id
) AS a;

-- name: settle_people
ANALYZE directory.practitioner, directory.offer, directory.address, directory.name_word;

-- name: count_sheets
SELECT count(*) FROM directory.offer;

-- name: peer_people_named
-- The obvious query: names compared folded, row by row.
--   in    name (folded)
SELECT idnps FROM directory.practitioner
WHERE lower(unaccent(family_name || ' ' || given_name)) = %(name)s::text
LIMIT 21;
