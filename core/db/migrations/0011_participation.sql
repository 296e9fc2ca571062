-- depends: 0010_agenda
-- Who takes part in the SAS, under which form, since when, with the proof of each declaration.
CREATE SCHEMA participation;
COMMENT ON SCHEMA participation IS 'Declarations of practitioners and structures, their history; what the directory shows of them';

CREATE TABLE participation.practitioner (
  idnps text PRIMARY KEY,
  participating boolean NOT NULL,
  en_sus boolean NOT NULL CHECK (participating OR NOT en_sus),
  via text CHECK (via IN ('individual', 'cpts', 'msp', 'sos')),
  finess text,
  siret text,
  offer_ids uuid[] NOT NULL DEFAULT '{}',
  has_software boolean,
  vendors text[] NOT NULL DEFAULT '{}',
  vendor_refused boolean NOT NULL,
  hours_declared boolean NOT NULL,
  fru boolean NOT NULL,
  declared_at timestamptz NOT NULL,
  declared_by text NOT NULL,
  CHECK (participating = (via IS NOT NULL)),
  CHECK (NOT participating OR (via IN ('cpts', 'msp')) = (finess IS NOT NULL)),
  CHECK (NOT participating OR (via = 'sos') = (siret IS NOT NULL))
);
COMMENT ON TABLE participation.practitioner IS 'Present declaration of a practitioner; kept when the directory loses them';
COMMENT ON COLUMN participation.practitioner.en_sus IS 'Accepts to be contacted on top of published availability';
COMMENT ON COLUMN participation.practitioner.finess IS 'CPTS or MSP taken part through';
COMMENT ON COLUMN participation.practitioner.siret IS 'SOS Médecins association taken part through';
COMMENT ON COLUMN participation.practitioner.offer_ids IS 'Places concerned by the CPTS';
COMMENT ON COLUMN participation.practitioner.vendor_refused IS 'The agenda of the vendor must not be shown: the SAS calendar is';
COMMENT ON COLUMN participation.practitioner.hours_declared IS 'Declares on honour at least two hours a week';
COMMENT ON COLUMN participation.practitioner.fru IS 'Accepts patients redirected by emergency departments';
CREATE INDEX practitioner_finess_idx ON participation.practitioner (finess) WHERE finess IS NOT NULL;

CREATE TABLE participation.structure (
  kind text NOT NULL CHECK (kind IN ('cds', 'cpts', 'sos')),
  number text NOT NULL,
  participating boolean NOT NULL,
  practitioners smallint CHECK (practitioners >= 1),
  hours_declared boolean NOT NULL,
  phone text,
  information text NOT NULL DEFAULT '' CHECK (length(information) <= 1000),
  declared_at timestamptz NOT NULL,
  declared_by text NOT NULL,
  PRIMARY KEY (kind, number)
);
COMMENT ON TABLE participation.structure IS 'Present declaration of a centre (FINESS), a SOS association (SIRET), a CPTS (FINESS); an MSP declares nothing itself';
COMMENT ON COLUMN participation.structure.practitioners IS 'Practitioners of a centre who take part';

CREATE TABLE participation.history (
  history_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recorded_at timestamptz NOT NULL,
  actor text NOT NULL,
  subject text NOT NULL,
  statement text NOT NULL,
  before jsonb,
  after jsonb NOT NULL,
  proof text NOT NULL UNIQUE
);
COMMENT ON TABLE participation.history IS 'Every declaration, added to, never rewritten';
COMMENT ON COLUMN participation.history.subject IS 'practitioner:8…, cds:…, cpts:…, sos:…';
COMMENT ON COLUMN participation.history.statement IS 'Version of the text accepted on honour';
COMMENT ON COLUMN participation.history.proof IS 'SHA-256 of the proof before and of this line: changing a line breaks all that follow (sas participation verify)';
CREATE INDEX history_subject_idx ON participation.history (subject, history_id);

CREATE VIEW participation.centre AS
SELECT s.finess
FROM directory.structure AS s
JOIN directory.specialty AS k ON k.code = s.category_code AND k.kind = 'structure'
JOIN directory.specialty AS head ON head.specialty_id = k.group_id
WHERE head.code = '124';
COMMENT ON VIEW participation.centre IS 'Health centres (CDS): they declare for their practitioners';

CREATE VIEW participation.offer AS
SELECT
  o.offer_id,
  p.participating,
  CASE WHEN p.via = 'cpts' AND NOT o.offer_id = ANY (p.offer_ids) THEN 'individual' ELSE p.via END AS via,
  p.en_sus AND p.via IN ('individual', 'cpts') AS en_sus,
  p.vendor_refused,
  p.fru,
  p.declared_at
FROM directory.offer AS o
JOIN participation.practitioner AS p USING (idnps)
WHERE o.kind = 'practitioner'
  AND NOT EXISTS (SELECT FROM participation.centre AS c WHERE c.finess = o.linked_finess)
UNION ALL
SELECT o.offer_id, d.participating, CASE WHEN d.participating THEN 'cds' END, d.participating, false, false, d.declared_at
FROM directory.offer AS o
JOIN participation.structure AS d ON d.kind = 'cds' AND d.number = o.finess
WHERE o.kind = 'structure'
UNION ALL
SELECT o.offer_id, d.participating, CASE WHEN d.participating THEN 'sos' END, d.participating, false, false, d.declared_at
FROM directory.offer AS o
JOIN participation.structure AS d ON d.kind = 'sos' AND left(d.number, 9) = left(o.siret, 9)
WHERE o.kind = 'structure'
  AND NOT EXISTS (SELECT FROM participation.structure AS c WHERE c.kind = 'cds' AND c.number = o.finess)
UNION ALL
SELECT o.offer_id, through.participating, through.via, through.en_sus, false, through.fru, through.declared_at
FROM directory.offer AS o
CROSS JOIN LATERAL (
  SELECT true AS participating, min(p.via) AS via, bool_or(p.en_sus) AS en_sus, bool_or(p.fru) AS fru,
    max(p.declared_at) AS declared_at
  FROM participation.practitioner AS p
  WHERE p.finess = o.finess AND p.participating AND p.via IN ('cpts', 'msp')
  HAVING count(*) > 0
) AS through
WHERE o.kind = 'structure';
COMMENT ON VIEW participation.offer IS 'What is declared for each sheet; a sheet without a row has no declaration: unknown, not no. A CPTS or MSP takes part as soon as one practitioner declares through it; a practitioner''s place in a centre is never flagged, the centre is';
COMMENT ON COLUMN participation.offer.via IS 'individual, cpts, msp, cds, sos; null when the declaration says no';
COMMENT ON COLUMN participation.offer.en_sus IS 'This sheet may be contacted on top of published availability; through an MSP or SOS Médecins, that of the structure is';

GRANT USAGE ON SCHEMA participation TO sas_reader, sas_writer;
GRANT SELECT ON participation.offer TO sas_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA participation TO sas_writer;
GRANT INSERT, UPDATE ON participation.practitioner, participation.structure TO sas_writer;
GRANT INSERT ON participation.history TO sas_writer;
