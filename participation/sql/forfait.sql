-- Facts for the criteria of the forfait.

-- name: forfait_practitioners
-- Practitioners who ever declared, with their present declaration, by pages.
--   in    idnps (list), or null for everybody; after ('' for the first page, then the last number), max_rows
--   out   declaration columns, family_name, given_name (null: no longer in the directory), first_declared_at,
--         departments (of their places), operating (in one of them a SAS operates; null: the table of deployment
--         says nothing of any), operating_since (null: not said), organisation_known (the structure taken part through is in the directory)
--   uses  practitioner_pkey, offer_idnps_idx, history_subject_idx
SELECT p.idnps, p.participating, p.en_sus, p.via, p.finess, p.siret, p.has_software, p.vendors, p.vendor_refused,
  p.hours_declared, p.declared_at, d.family_name, d.given_name,
  (
    SELECT min(h.recorded_at) FROM participation.history AS h
    WHERE h.subject = 'practitioner:' || p.idnps AND (h.after ->> 'participating')::boolean
  ) AS first_declared_at,
  coalesce(places.departments, '{}') AS departments,
  places.operating, places.operating_since,
  CASE
    WHEN p.finess IS NOT NULL THEN EXISTS (SELECT FROM directory.structure AS s WHERE s.finess = p.finess)
    WHEN p.siret IS NOT NULL THEN EXISTS (
      SELECT FROM participation.structure AS s WHERE s.kind = 'sos' AND s.number = p.siret AND s.participating
    )
    ELSE false
  END AS organisation_known
FROM participation.practitioner AS p
LEFT JOIN directory.practitioner AS d USING (idnps)
LEFT JOIN LATERAL (
  SELECT array_agg(DISTINCT a.department_code ORDER BY a.department_code) AS departments,
    bool_or(CASE sas.status WHEN 'operating' THEN true WHEN 'preparing' THEN false END) AS operating,
    min(sas.since) FILTER (WHERE sas.status = 'operating') AS operating_since
  FROM directory.offer AS o
  JOIN directory.address AS a USING (address_id)
  LEFT JOIN territory.sas_department AS covered ON covered.department_code = a.department_code
  LEFT JOIN territory.sas AS sas USING (sas_code)
  WHERE o.idnps = p.idnps AND a.department_code IS NOT NULL
) AS places ON true
WHERE p.idnps > %(after)s::text
  AND (%(idnps)s::text[] IS NULL OR p.idnps = ANY (%(idnps)s::text[]))
ORDER BY p.idnps
LIMIT %(max_rows)s::integer;

-- name: forfait_centres
-- Declarations of health centres.
--   out   number (FINESS), participating, practitioners, hours_declared, declared_at, name (null: no longer in the
--         directory)
--   uses  structure_pkey
SELECT c.number, c.participating, c.practitioners, c.hours_declared, c.declared_at, s.name
FROM participation.structure AS c
LEFT JOIN directory.structure AS s ON s.finess = c.number
WHERE c.kind = 'cds'
ORDER BY c.number;
