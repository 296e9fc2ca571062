-- What a search keeps in memory of free slots: all of it once, then what is newly known.

-- name: feed_mark
-- Until when the news were read; changes committed later carry a later mark, but for those under way: the reader
-- goes back one minute.
--   out   asked_at (timestamptz, null before any answer), changes, editors (bigint): they change with the answers
--         of vendors, with the SAS calendars, with the records of vendors; slugs (text array) of all vendors
--   uses  availability_asked_idx, change_pkey of agenda and of editor
SELECT (SELECT max(asked_at) FROM editor.availability) AS asked_at,
  (SELECT coalesce(max(change_id), 0) FROM agenda.change) AS changes,
  (SELECT coalesce(max(change_id), 0) FROM editor.change) AS editors,
  (SELECT coalesce(array_agg(slug ORDER BY slug), '{}') FROM editor.editor) AS slugs;

-- name: feed_people
-- Practitioners a vendor answered about since.
--   in    since (timestamptz)
--   out   practitioner_id
--   uses  availability_asked_idx
SELECT DISTINCT practitioner_id FROM editor.availability WHERE asked_at > %(since)s::timestamptz;

-- name: feed_offers
-- Offers whose agenda a vendor in service keeps and may show, and when the vendor least recently asked answered.
--   in    practitioner_ids (text array; null = all)
--   out   offer_id, asked (minutes since 1970); records of one size
--   uses  availability_pkey, offer_idnps_idx
COPY (
  SELECT o.offer_id, (extract(epoch FROM min(a.asked_at)) / 60)::integer AS asked
  FROM editor.availability AS a
  JOIN editor.editor AS e ON e.slug = a.slug AND e.state = 'on'
  JOIN directory.offer AS o ON o.idnps = a.practitioner_id
  LEFT JOIN participation.refusal AS r ON r.idnps = a.practitioner_id
  WHERE r.idnps IS NULL
    AND (%(practitioner_ids)s::text[] IS NULL OR a.practitioner_id = ANY (%(practitioner_ids)s::text[]))
  GROUP BY o.offer_id
) TO STDOUT (FORMAT binary);

-- name: feed_slots
-- Slots to come that vendors in service may show, at the places of the directory.
--   in    practitioner_ids (text array; null = all), since (timestamptz), slugs (text array: all vendors)
--   out   offer_id, start (minutes since 1970), marks (bits: 1 AMB, 2 HH, 4 VR, 8 without appointment, 16 place
--         recognised by its town only), minutes it lasts, source (place of its vendor in slugs, from 1); records of
--         one size
--   uses  slot_pkey
COPY (
  SELECT s.offer_id, (extract(epoch FROM s.start_at) / 60)::integer AS start,
    (('AMB' = ANY (s.consultation_types))::integer + ('HH' = ANY (s.consultation_types))::integer * 2
      + ('VR' = ANY (s.consultation_types))::integer * 4
      + (s.appointment_type IS NOT DISTINCT FROM 'WALKIN')::integer * 8 + s.place_guess::integer * 16)::smallint AS marks,
    least(extract(epoch FROM s.end_at - s.start_at) / 60, 10000)::smallint AS minutes,
    array_position(%(slugs)s::text[], s.slug)::smallint AS source
  FROM editor.slot AS s
  JOIN editor.editor AS e ON e.slug = s.slug AND e.state = 'on'
  LEFT JOIN participation.refusal AS r ON r.idnps = s.practitioner_id
  WHERE s.offer_id IS NOT NULL AND s.start_at >= %(since)s::timestamptz
    AND s.visibility && ARRAY['PUBLIC', 'PRO', 'SNP'] AND r.idnps IS NULL
    AND (%(practitioner_ids)s::text[] IS NULL OR s.practitioner_id = ANY (%(practitioner_ids)s::text[]))
) TO STDOUT (FORMAT binary);

-- name: feed_calendars
-- Places whose SAS calendar changed since, or that have one.
--   in    since (change_id; 0 = all of them)
--   out   offer_id
--   uses  calendar_pkey, change_pkey
SELECT offer_id::text FROM agenda.calendar WHERE %(since)s::bigint = 0
UNION
SELECT offer_id::text FROM agenda.change WHERE change_id > %(since)s::bigint AND %(since)s::bigint > 0;

-- name: feed_holders
-- Practitioners who have a SAS calendar.
--   out   idnps, offer_id
--   uses  calendar_idnps_idx
SELECT idnps, offer_id::text FROM agenda.calendar WHERE idnps IS NOT NULL;

-- name: sweep_sites
-- As `sites`, every place of practice of some practitioners.
--   in    practitioner_ids (text array)
--   out   the same columns
--   uses  offer_idnps_idx, address_pkey, structure_pkey
SELECT o.offer_id::text, o.idnps, o.finess, o.linked_finess, o.siret, s.siret AS structure_siret,
  a.postal_code, a.number, a.suffix, a.street_type, a.street_name, a.office, true AS shown
FROM directory.offer AS o
JOIN directory.address AS a USING (address_id)
LEFT JOIN directory.structure AS s ON s.finess = o.linked_finess
WHERE o.idnps = ANY (%(practitioner_ids)s::text[])
ORDER BY o.offer_id;
