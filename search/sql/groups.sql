-- Groups through which practitioners take part.

-- name: groups
-- The group of some offers: CPTS, MSP or SOS association their holder declares through, or which they are.
--   in    offer_ids (text array): one offer of each group
--   out   offer_id, via, name, phone, information; what is declared before what the directory says
--   uses  offer_pkey, structure_pkey
SELECT o.offer_id::text, g.via, coalesce(s.name, o.structure_name, o.name) AS name,
  coalesce(c.phone, s.phone, o.phone) AS phone, coalesce(c.information, '') AS information
FROM directory.offer AS o
CROSS JOIN LATERAL (
  SELECT via, number FROM participation.gathering AS shown WHERE shown.offer_id = o.offer_id LIMIT 1
) AS g
LEFT JOIN LATERAL (
  SELECT t.name, t.phone FROM directory.structure AS t
  WHERE CASE WHEN g.via = 'sos' THEN left(t.siret, 9) = g.number ELSE t.finess = g.number END
  ORDER BY t.finess
  LIMIT 1
) AS s ON true
LEFT JOIN LATERAL (
  SELECT phone, information FROM participation.contact AS told
  WHERE told.kind = g.via AND told.number = g.number
  LIMIT 1
) AS c ON true
WHERE o.offer_id = ANY (%(offer_ids)s::uuid[]);
