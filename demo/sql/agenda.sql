-- Holders of a SAS calendar in the invented France.

-- name: demo_holders
-- One place of some practitioners, chosen by their number, who have no calendar yet.
--   in    most (holders in all)
--   out   idnps, offer_id; in the order of the choice
--   uses  a scan of directory.offer
SELECT chosen.idnps, chosen.offer_id::text
FROM (
  SELECT DISTINCT ON (o.idnps) o.idnps, o.offer_id, md5('agenda:' || o.idnps) AS choice
  FROM directory.offer AS o
  JOIN directory.address AS a USING (address_id)
  WHERE o.kind = 'practitioner' AND a.lon IS NOT NULL
    AND o.specialty_codes && ARRAY['SM26', 'SM53', 'SM54', '40', '50', '60', '70']
  ORDER BY o.idnps, o.offer_id
) AS chosen
WHERE chosen.choice < 'a'  -- five in eight, and then the first of them
  AND NOT EXISTS (SELECT FROM agenda.calendar AS c WHERE c.idnps = chosen.idnps)
ORDER BY chosen.choice
LIMIT greatest(0, %(most)s::integer - (SELECT count(*) FROM agenda.calendar)::integer);
