-- Practitioners invented on the spot, for the measures that ask vendors.

-- name: invent_people
-- Practitioners with one located place each, of the numbers that the simulated vendors know, spread around
-- Paris as densely as general practitioners are in it: about thirty a square kilometre.
--   in    people (how many)
WITH people AS (
  SELECT n, '8999' || lpad(n::text, 8, '0') AS idnps, md5('offer' || n)::uuid AS offer_id,
    md5('address' || n)::uuid AS address_id, 2.17 + (n %% 200) * 0.00175 AS lon, 48.74 + (n / 200) * 0.0023 AS lat
  FROM generate_series(0, %(people)s::integer - 1) AS n
), addresses AS (
  INSERT INTO directory.address (address_id, number, street_type, street_name, postal_code, office, citycode,
    department_code, lon, lat, position_level, position_score)
  SELECT address_id, (n %% 99 + 1)::text, 'RUE', 'DES TILLEULS', '33000', 'BORDEAUX', '33063', '33', lon, lat,
    'housenumber', 1
  FROM people
), named AS (
  INSERT INTO directory.practitioner (idnps, rpps, family_name, given_name, profession_code)
  SELECT idnps, substr(idnps, 2), 'EXEMPLE', 'Camille', '10' FROM people
), offers AS (
  INSERT INTO directory.offer (offer_id, kind, source, idnps, name, specialty_codes, address_id, own_address_id,
    source_file, source_line, source_date, content_hash, run_id)
  SELECT offer_id, 'practitioner', 'annuaire', idnps, 'EXEMPLE Camille', ARRAY['SM54'], address_id, address_id,
    'bench', n, '2026-01-05', offer_id, 1
  FROM people
)
INSERT INTO directory.offer_specialty (specialty_id, offer_id, department_code, location)
SELECT %(specialty_id)s::integer, offer_id, '33', ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geography FROM people;

-- name: analyse_people
ANALYZE directory.address, directory.practitioner, directory.offer, directory.offer_specialty;
