-- depends: 0012_appointment
-- Agenda vendors ("éditeurs"): how each is reached, and nothing secret: certificates and keys are named, not held.
CREATE SCHEMA editor;
COMMENT ON SCHEMA editor IS 'Agenda vendors: their records, and what the sweep learnt of their free slots';

CREATE TABLE editor.editor (
  slug text PRIMARY KEY CHECK (slug ~ '^[a-z][a-z0-9-]{0,39}$' AND slug <> 'sas'),
  name text NOT NULL,
  base_url text NOT NULL,
  flows text[] NOT NULL CHECK (cardinality(flows) > 0 AND flows <@ ARRAY['agg-ps', 'agg-cpts', 'agg-sos']),
  state text NOT NULL DEFAULT 'on' CHECK (state IN ('on', 'off')),
  booking boolean NOT NULL DEFAULT true,
  booking_hosts text[] NOT NULL DEFAULT '{}',
  certificate text,
  private_key text,
  authority text,
  revocations text,
  expected_cn text,
  expected_ou text,
  max_concurrent integer NOT NULL DEFAULT 16 CHECK (max_concurrent BETWEEN 1 AND 256),
  rate_per_s double precision NOT NULL DEFAULT 20 CHECK (rate_per_s > 0 AND rate_per_s <= 10000),
  sandbox boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN editor.editor.slug IS 'Short name: source of the slots in the answers';
COMMENT ON COLUMN editor.editor.base_url IS 'FHIR base, without final slash; https, unless sandbox';
COMMENT ON COLUMN editor.editor.flows IS 'agg-ps (INT_R01), agg-cpts (INT_R04: asked instead of agg-ps), agg-sos (SOS Médecins)';
COMMENT ON COLUMN editor.editor.booking_hosts IS 'Hosts its booking links may lead to; empty: the host of base_url only';
COMMENT ON COLUMN editor.editor.certificate IS 'Where our client certificate is (PEM): an absolute path, or env:NAME of a variable that holds the path';
COMMENT ON COLUMN editor.editor.private_key IS 'Where its key is, in the same form';
COMMENT ON COLUMN editor.editor.authority IS 'Authority that signs the server of the vendor, in the same form; null: those of the system';
COMMENT ON COLUMN editor.editor.revocations IS 'Revocation list (CRL, PEM) of that authority, in the same form; null: not checked';
COMMENT ON COLUMN editor.editor.expected_cn IS 'Common name the certificate of the server must carry; null: its host name only';
COMMENT ON COLUMN editor.editor.max_concurrent IS 'Most requests under way at once, for each process of ours';
COMMENT ON COLUMN editor.editor.rate_per_s IS 'Most requests per second: four fifths for searches (of each process), one fifth for the sweep';
COMMENT ON COLUMN editor.editor.sandbox IS 'Simulated vendor: plain http and private addresses are accepted';

CREATE TABLE editor.change (
  change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  slug text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  before jsonb,
  after jsonb
);
COMMENT ON TABLE editor.change IS 'What was changed in the records, and when: null before = added, null after = removed';

GRANT USAGE ON SCHEMA editor TO sas_reader, sas_writer, sas_loader;
GRANT SELECT ON editor.editor TO sas_reader, sas_loader;
GRANT SELECT, INSERT, UPDATE, DELETE ON editor.editor TO sas_writer;
GRANT SELECT, INSERT ON editor.change TO sas_writer;
