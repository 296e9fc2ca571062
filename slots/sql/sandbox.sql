-- What the simulated vendors know of the directory of the demonstration.

-- name: sandbox_offices
-- Places of practice of some practitioners, and of the structures of some SIRET.
--   in    idnps (text array), siret (text array)
--   out   holder (IDNPS, or 3 + SIRET), offer_id, finess, siret, structure_name, name, family_name, given_name,
--         specialty (TRE_R38 code, or ''), number, suffix, street_type, street_name, postal_code, office, phone,
--         timezone
--   uses  offer_idnps_idx, structure_pkey, address_pkey
SELECT coalesce(o.idnps, '3' || o.siret) AS holder, o.offer_id::text, coalesce(o.finess, o.linked_finess) AS finess,
  o.siret, o.structure_name, o.name, p.family_name, p.given_name,
  CASE WHEN o.specialty_codes[1] LIKE 'SM%%' THEN o.specialty_codes[1] ELSE '' END AS specialty,
  a.number, a.suffix, a.street_type, a.street_name, a.postal_code, a.office, o.phone, d.timezone
FROM directory.offer AS o
JOIN directory.address AS a USING (address_id)
LEFT JOIN directory.practitioner AS p USING (idnps)
LEFT JOIN territory.department AS d USING (department_code)
WHERE (o.idnps = ANY (%(idnps)s::text[]) AND NOT o.specialty_codes && ARRAY['21', '26', '86'])
  OR (o.kind = 'structure' AND cardinality(%(siret)s::text[]) > 0 AND o.siret = ANY (%(siret)s::text[]))
ORDER BY holder, o.offer_id;

-- name: sandbox_people
-- A few practitioners of the directory.
--   in    max_rows
--   out   idnps
--   uses  practitioner_pkey
SELECT idnps FROM directory.practitioner ORDER BY idnps LIMIT %(max_rows)s::integer;
