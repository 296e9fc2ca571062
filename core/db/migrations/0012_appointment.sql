-- depends: 0011_participation
-- Appointments that vendors report (INT_R03), and what regulation software has to be told of them (INT_L02).
-- Nothing about the patient: no column could hold it.
CREATE SCHEMA appointment;
COMMENT ON SCHEMA appointment IS 'Appointments reported by agenda vendors, their history, messages for the regulation software';

CREATE TABLE appointment.sender (
  editor text PRIMARY KEY CHECK (editor ~ '^[a-z0-9][a-z0-9-]{0,59}$'),
  certificate_cn text NOT NULL,
  certificate_ou text NOT NULL,
  identifier_system text NOT NULL,
  active boolean NOT NULL DEFAULT true,
  changed_at timestamptz NOT NULL,
  changed_by text NOT NULL,
  UNIQUE (certificate_cn, certificate_ou)
);
COMMENT ON TABLE appointment.sender IS 'Vendors who may report appointments, by the subject of their client certificate';
COMMENT ON COLUMN appointment.sender.identifier_system IS 'System of the identifiers of their appointments: an OID (urn:oid:…) or an address of theirs';

CREATE TABLE appointment.appointment (
  appointment_id uuid PRIMARY KEY,
  editor text NOT NULL REFERENCES appointment.sender,
  value text NOT NULL,
  category text NOT NULL CHECK (category IN ('PS', 'SOS', 'PDM')),
  status text NOT NULL CHECK (status IN ('pending', 'booked', 'fulfilled', 'noshow', 'cancelled')),
  start_at timestamptz NOT NULL,
  end_at timestamptz NOT NULL CHECK (end_at > start_at),
  booked_at timestamptz,
  idnps text,
  participant_status text NOT NULL,
  regulator_kind text NOT NULL CHECK (regulator_kind IN ('IDNPS', 'INTRN')),
  regulator text NOT NULL,
  regulator_unresolved boolean NOT NULL,
  created_hash text NOT NULL,
  content_hash text NOT NULL,
  version integer NOT NULL,
  received_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  UNIQUE (editor, value)
);
COMMENT ON TABLE appointment.appointment IS 'Last state of each appointment; a vendor''s identifier names one';
COMMENT ON COLUMN appointment.appointment.idnps IS 'Practitioner who sees the patient; null while not known';
COMMENT ON COLUMN appointment.appointment.regulator IS 'As given to the vendor by INT_R02: IDNPS, or the technical UUID (INTRN)';
COMMENT ON COLUMN appointment.appointment.regulator_unresolved IS 'No account of the platform has this identifier: kept all the same';
COMMENT ON COLUMN appointment.appointment.created_hash IS 'Digest of what was kept at creation: the same report again is a replay';
COMMENT ON COLUMN appointment.appointment.content_hash IS 'Digest of what is kept now; never of the body received, which may have held more';

CREATE TABLE appointment.event (
  event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  appointment_id uuid NOT NULL REFERENCES appointment.appointment,
  received_at timestamptz NOT NULL,
  method text NOT NULL CHECK (method IN ('create', 'update')),
  status text NOT NULL,
  content_hash text NOT NULL
);
COMMENT ON TABLE appointment.event IS 'History of each appointment: added to, never rewritten';
CREATE INDEX event_appointment_idx ON appointment.event (appointment_id, event_id);

CREATE TABLE appointment.outbox (
  message_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  appointment_id uuid NOT NULL REFERENCES appointment.appointment,
  method text NOT NULL CHECK (method IN ('CreateAppointment', 'UpdateAppointment')),
  content jsonb NOT NULL,
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'confirmed', 'acknowledged', 'failed')),
  waits_for text CHECK (waits_for IN ('hub', 'regulator')),
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL,
  resends integer NOT NULL DEFAULT 0,
  distribution_id text,
  sent_at timestamptz,
  error_code integer,
  created_at timestamptz NOT NULL
);
COMMENT ON TABLE appointment.outbox IS 'Messages for the regulation software, written with the appointment in one transaction: none is lost while the hub is down';
COMMENT ON COLUMN appointment.outbox.content IS 'The appointment as it was then, without the names of anybody';
COMMENT ON COLUMN appointment.outbox.waits_for IS 'Why it was not sent at the last attempt: the hub was down, the regulator has no account';
CREATE INDEX outbox_due_idx ON appointment.outbox (next_attempt_at) WHERE state = 'queued';
CREATE INDEX outbox_appointment_idx ON appointment.outbox (appointment_id, message_id);
CREATE UNIQUE INDEX outbox_distribution_idx ON appointment.outbox (distribution_id) WHERE distribution_id IS NOT NULL;

GRANT USAGE ON SCHEMA appointment TO sas_writer;
GRANT SELECT ON ALL TABLES IN SCHEMA appointment TO sas_writer;
GRANT INSERT, UPDATE ON appointment.sender, appointment.appointment, appointment.outbox TO sas_writer;
GRANT INSERT ON appointment.event TO sas_writer;
