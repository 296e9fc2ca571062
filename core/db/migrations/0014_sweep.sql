-- depends: 0013_editors
-- What the sweep learnt of each vendor: whom it knows, their free slots in the window, how far it went.
CREATE TABLE editor.availability (
  practitioner_id text NOT NULL,
  slug text NOT NULL REFERENCES editor.editor ON DELETE CASCADE,
  next_start timestamptz,
  slot_count integer NOT NULL,
  seen_at timestamptz NOT NULL,
  asked_at timestamptz NOT NULL,
  PRIMARY KEY (practitioner_id, slug)
);
COMMENT ON TABLE editor.availability IS 'Practitioners that a vendor was seen to keep the agenda of; goes seven days after the last free slot seen';
COMMENT ON COLUMN editor.availability.practitioner_id IS 'IDNPS: 8 + RPPS, 0 + ADELI';
COMMENT ON COLUMN editor.availability.next_start IS 'Next free slot when asked; null: none in the window';
COMMENT ON COLUMN editor.availability.seen_at IS 'Last time a free slot was seen';
COMMENT ON COLUMN editor.availability.asked_at IS 'Last time the vendor answered about this practitioner: the age of what is known';
CREATE INDEX availability_slug_idx ON editor.availability (slug, seen_at);

CREATE TABLE editor.slot (
  practitioner_id text NOT NULL,
  slug text NOT NULL REFERENCES editor.editor ON DELETE CASCADE,
  start_at timestamptz NOT NULL,
  place_key uuid NOT NULL,
  end_at timestamptz NOT NULL,
  consultation_types text[] NOT NULL,
  visibility text[] NOT NULL,
  appointment_type text,
  booking_url text,
  structure_id text,
  line text,
  postal_code text,
  city text,
  PRIMARY KEY (practitioner_id, slug, start_at, place_key)
);
COMMENT ON TABLE editor.slot IS 'Free slots seen by the sweep: time, place, modality, visibility, link, nothing else; purged a day after their end (the count of hours keeps its own bare times)';
COMMENT ON COLUMN editor.slot.place_key IS 'md5 of the structure number and of the address as the vendor writes it';
COMMENT ON COLUMN editor.slot.consultation_types IS 'AMB (office), HH (home), VR (remote)';
CREATE INDEX slot_end_idx ON editor.slot (end_at);

CREATE TABLE editor.sweep (
  slug text PRIMARY KEY REFERENCES editor.editor ON DELETE CASCADE,
  started_at timestamptz NOT NULL,
  last_id text NOT NULL DEFAULT '',
  asked integer NOT NULL DEFAULT 0,
  failed integer NOT NULL DEFAULT 0,
  slots integer NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz
);
COMMENT ON TABLE editor.sweep IS 'How far the sweep of each vendor went; one that was cut goes on from last_id';
COMMENT ON COLUMN editor.sweep.asked IS 'Practitioners asked about in this pass';
COMMENT ON COLUMN editor.sweep.failed IS 'Practitioners of the batches the vendor did not answer: what was known of them stays, with its age';

GRANT SELECT ON editor.availability, editor.slot, editor.sweep TO sas_reader;
GRANT SELECT, INSERT, UPDATE, DELETE ON editor.availability, editor.slot, editor.sweep TO sas_writer;
