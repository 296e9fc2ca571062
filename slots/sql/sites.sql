-- Places of the directory, as vendors may name them.

-- name: sites
-- Every place of practice of the practitioners who hold some offers, and the offers of structures themselves.
--   in    offer_ids (text array)
--   out   offer_id, idnps (null for a structure), finess, linked_finess, siret, structure_siret, postal_code,
--         number, suffix, street_type, street_name, office, shown (true for the offers asked)
--   uses  offer_pkey, offer_idnps_idx, address_pkey, structure_pkey
WITH shown AS (
  SELECT offer_id, idnps FROM directory.offer WHERE offer_id = ANY (%(offer_ids)s::uuid[])
), held AS (
  SELECT o.offer_id FROM shown AS s JOIN directory.offer AS o ON o.idnps = s.idnps
  UNION
  SELECT offer_id FROM shown
)
SELECT o.offer_id::text, o.idnps, o.finess, o.linked_finess, o.siret, s.siret AS structure_siret,
  a.postal_code, a.number, a.suffix, a.street_type, a.street_name, a.office,
  EXISTS (SELECT FROM shown WHERE shown.offer_id = o.offer_id) AS shown
FROM held
JOIN directory.offer AS o USING (offer_id)
JOIN directory.address AS a USING (address_id)
LEFT JOIN directory.structure AS s ON s.finess = o.linked_finess
ORDER BY o.offer_id;
