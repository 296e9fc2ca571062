-- depends: 0009_position_corrections
-- The SAS calendar: slots that practitioners write themselves, what is taken, who changed what; and the times a
-- vendor published, kept for the count of hours. No text is kept: nobody can write a patient's name here.
CREATE SCHEMA agenda;
COMMENT ON SCHEMA agenda IS 'SAS calendar of each place, places taken on it, hours published';

CREATE TABLE agenda.calendar (
  offer_id uuid PRIMARY KEY,
  timezone text NOT NULL,
  idnps text,
  finess text,
  created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE agenda.calendar IS 'One calendar per place (directory.offer), made with its first slot; kept when the place leaves the directory';
COMMENT ON COLUMN agenda.calendar.timezone IS 'IANA zone of the place, in which every local date and time of the calendar is written';
COMMENT ON COLUMN agenda.calendar.idnps IS 'Practitioner of the place, for the count of hours; null for a structure';
CREATE INDEX calendar_idnps_idx ON agenda.calendar (idnps) WHERE idnps IS NOT NULL;

CREATE TABLE agenda.slot (
  slot_id uuid PRIMARY KEY,
  offer_id uuid NOT NULL REFERENCES agenda.calendar,
  starts_on date NOT NULL,
  until date,
  weekdays smallint[] NOT NULL,
  start_local time NOT NULL,
  end_local time NOT NULL CHECK (end_local > start_local),
  form text NOT NULL CHECK (form IN ('single', 'range')),
  capacity smallint NOT NULL CHECK (capacity >= 1 AND (form = 'range' OR capacity = 1)),
  modalities text[] NOT NULL CHECK (cardinality(modalities) >= 1 AND modalities <@ ARRAY['AMB', 'HH', 'VR']),
  visibility text[] NOT NULL CHECK (cardinality(visibility) >= 1 AND visibility <@ ARRAY['CPTS', 'PRO', 'PUBLIC', 'SNP']),
  previous_slot_id uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK (until >= starts_on),
  CHECK (cardinality(weekdays) > 0 OR until = starts_on)
);
COMMENT ON TABLE agenda.slot IS 'Dated slots and weekly series, in the local time of the calendar';
COMMENT ON COLUMN agenda.slot.until IS 'Last local day, included; null = no end; equal to starts_on when dated';
COMMENT ON COLUMN agenda.slot.weekdays IS 'ISO numbers (Monday 1) of a weekly series; empty when dated';
COMMENT ON COLUMN agenda.slot.form IS 'single = créneau (one patient), range = plage (several)';
COMMENT ON COLUMN agenda.slot.visibility IS 'Codes of TRE_R314; what is reserved has none and is never stored';
COMMENT ON COLUMN agenda.slot.previous_slot_id IS 'Series or occurrence this slot replaces from starts_on on';
CREATE INDEX slot_offer_idx ON agenda.slot (offer_id, starts_on);

CREATE TABLE agenda.exclusion (
  slot_id uuid NOT NULL REFERENCES agenda.slot ON DELETE CASCADE,
  occurs_on date NOT NULL,
  PRIMARY KEY (slot_id, occurs_on)
);
COMMENT ON TABLE agenda.exclusion IS 'Days taken out of a weekly series: deleted, or replaced by a dated slot';

CREATE TABLE agenda.unavailability (
  unavailability_id uuid PRIMARY KEY,
  offer_id uuid NOT NULL REFERENCES agenda.calendar,
  first_on date NOT NULL,
  last_on date CHECK (last_on >= first_on)
);
COMMENT ON TABLE agenda.unavailability IS 'Whole local days without slots; last_on null = until switched off';
CREATE INDEX unavailability_offer_idx ON agenda.unavailability (offer_id);

CREATE TABLE agenda.booking (
  booking_id uuid PRIMARY KEY,
  slot_id uuid NOT NULL REFERENCES agenda.slot,
  occurs_on date NOT NULL,
  start_at timestamptz NOT NULL,
  modality text NOT NULL,
  state text NOT NULL CHECK (state IN ('booked', 'cancelled')),
  made_at timestamptz NOT NULL,
  made_by text NOT NULL,
  cancelled_at timestamptz,
  cancelled_by text
);
COMMENT ON TABLE agenda.booking IS 'One patient sent to a slot: when and by whom, never who';
COMMENT ON COLUMN agenda.booking.booking_id IS 'Given by the caller: the same request twice takes one place';
CREATE INDEX booking_slot_idx ON agenda.booking (slot_id, occurs_on);

CREATE TABLE agenda.change (
  change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  changed_at timestamptz NOT NULL DEFAULT now(),
  actor text NOT NULL,
  action text NOT NULL,
  offer_id uuid NOT NULL,
  slot_id uuid,
  before jsonb,
  after jsonb
);
COMMENT ON TABLE agenda.change IS 'Who changed a calendar, when, what: added to, never rewritten';
CREATE INDEX change_offer_idx ON agenda.change (offer_id, change_id);

CREATE TABLE agenda.published_slot (
  idnps text NOT NULL,
  start_at timestamptz NOT NULL,
  end_at timestamptz NOT NULL CHECK (end_at > start_at),
  source text NOT NULL,
  timezone text NOT NULL,
  first_seen_at timestamptz NOT NULL,
  PRIMARY KEY (idnps, start_at, end_at, source)
);
COMMENT ON TABLE agenda.published_slot IS 'Times a vendor published at least once: practitioner, start, end, source, nothing else; removed once its week is counted';
CREATE INDEX published_slot_end_idx ON agenda.published_slot (end_at);

CREATE TABLE agenda.week_hours (
  idnps text NOT NULL,
  week date NOT NULL CHECK (extract(isodow FROM week) = 1),
  sas_min integer NOT NULL,
  vendor_min integer NOT NULL,
  total_min integer NOT NULL CHECK (total_min <= sas_min + vendor_min),
  counted_at timestamptz NOT NULL,
  PRIMARY KEY (idnps, week)
);
COMMENT ON TABLE agenda.week_hours IS 'Minutes of care published in an ISO week that is over (week = its Monday); time covered twice counts once in total_min';

CREATE TABLE agenda.closed_week (
  week date PRIMARY KEY CHECK (extract(isodow FROM week) = 1),
  counted_at timestamptz NOT NULL,
  vendor_rows bigint NOT NULL
);
COMMENT ON TABLE agenda.closed_week IS 'Weeks that were counted: in any other, how much somebody published is unknown, not none';
COMMENT ON COLUMN agenda.closed_week.vendor_rows IS 'Practitioners for whom a vendor published something; 0 = vendors were not read that week';

GRANT USAGE ON SCHEMA agenda TO sas_reader, sas_writer;
GRANT SELECT ON agenda.calendar, agenda.slot, agenda.exclusion, agenda.unavailability TO sas_reader;
GRANT SELECT (slot_id, occurs_on, state) ON agenda.booking TO sas_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA agenda TO sas_writer;
GRANT INSERT, UPDATE ON agenda.calendar, agenda.slot, agenda.unavailability, agenda.booking, agenda.week_hours,
  agenda.closed_week TO sas_writer;
GRANT INSERT ON agenda.exclusion, agenda.change, agenda.published_slot TO sas_writer;
GRANT DELETE ON agenda.slot, agenda.exclusion, agenda.unavailability, agenda.published_slot TO sas_writer;
