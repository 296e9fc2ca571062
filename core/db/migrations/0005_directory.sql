-- depends: 0004_geocoding
-- The directory: practitioners, structures, addresses, and the sheets ("offers") that a search returns.
CREATE SCHEMA directory;
COMMENT ON SCHEMA directory IS 'Practitioners, structures, addresses, offers (one sheet per practitioner and place, or per structure)';

CREATE TABLE directory.specialty (
  specialty_id integer PRIMARY KEY,
  code text NOT NULL UNIQUE,
  label text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('specialty', 'profession', 'structure')),
  group_id integer NOT NULL
);
COMMENT ON TABLE directory.specialty IS 'Filled from care/nomenclatures by the migration step: savoir-faire (SM54), professions (60), FINESS categories (620)';
COMMENT ON COLUMN directory.specialty.group_id IS 'specialty_id of the head of the group: generations of codes of one discipline are searched together';

CREATE TABLE directory.address (
  address_id uuid PRIMARY KEY,
  complement text NOT NULL DEFAULT '',
  number text NOT NULL DEFAULT '',
  suffix text NOT NULL DEFAULT '',
  street_type text NOT NULL DEFAULT '',
  street_name text NOT NULL DEFAULT '',
  locality text NOT NULL DEFAULT '',
  postal_code text NOT NULL DEFAULT '',
  office text NOT NULL DEFAULT '',
  source_citycode text NOT NULL DEFAULT '',
  citycode text,
  department_code text,
  lon double precision,
  lat double precision,
  position_level text NOT NULL DEFAULT 'none'
    CHECK (position_level IN ('given', 'housenumber', 'street', 'locality', 'municipality', 'none')),
  position_score real,
  position_source text,
  position_srid integer,
  position_reason text,
  geocoded_with bigint
);
COMMENT ON COLUMN directory.address.address_id IS 'md5 of the nine address fields (and of the official coordinates when given): distinct addresses are geocoded once';
COMMENT ON COLUMN directory.address.citycode IS 'Present INSEE code after resolution (arrondissement in Paris, Lyon, Marseille)';
COMMENT ON COLUMN directory.address.lon IS 'Longitude, degrees, EPSG:4326';
COMMENT ON COLUMN directory.address.position_level IS 'How the position was found; given = official coordinates kept; none = not located';
COMMENT ON COLUMN directory.address.position_srid IS 'EPSG code of the projection the official coordinates were read in';
COMMENT ON COLUMN directory.address.geocoded_with IS 'run_id of the BAN load the address was geocoded with; null = never';

CREATE TABLE directory.practitioner (
  idnps text PRIMARY KEY,
  rpps text,
  title text NOT NULL DEFAULT '',
  family_name text NOT NULL,
  given_name text NOT NULL,
  profession_code text NOT NULL
);
COMMENT ON TABLE directory.practitioner IS 'People with at least one place of practice; who leaves the files leaves this table';

CREATE TABLE directory.structure (
  finess text PRIMARY KEY,
  finess_ej text,
  siret text,
  name text NOT NULL,
  category_code text,
  category_label text,
  address_id uuid NOT NULL,
  phone text,
  opened_on date,
  closed_on date,
  source_file text NOT NULL,
  source_line bigint NOT NULL,
  source_date date,
  content_hash uuid NOT NULL,
  run_id bigint NOT NULL
);

CREATE TABLE directory.offer (
  offer_id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('practitioner', 'structure')),
  source text NOT NULL CHECK (source IN ('annuaire', 'finess')),
  idnps text,
  finess text,
  siret text,
  linked_finess text,
  structure_key text,
  structure_name text,
  name text NOT NULL,
  specialty_codes text[] NOT NULL,
  mode_code text,
  sector_code text,
  address_id uuid NOT NULL,
  own_address_id uuid NOT NULL,
  phone text,
  mssante text,
  source_file text NOT NULL,
  source_line bigint NOT NULL,
  source_date date,
  content_hash uuid NOT NULL,
  run_id bigint NOT NULL
);
COMMENT ON TABLE directory.offer IS 'One sheet per practitioner and place of practice, or per structure that gives care';
COMMENT ON COLUMN directory.offer.offer_id IS 'md5 of the source and of the key of the place (IDNPS, structure, mode, sector; or FINESS): stable over loads';
COMMENT ON COLUMN directory.offer.specialty_codes IS 'Codes as in the source, sorted: savoir-faire, else profession; category for a structure';
COMMENT ON COLUMN directory.offer.finess IS 'FINESS number of the place as the source gives it';
COMMENT ON COLUMN directory.offer.linked_finess IS 'Row of directory.structure this place stands in: same FINESS number, else the only one with its SIRET';
COMMENT ON COLUMN directory.offer.own_address_id IS 'Address as the source of the offer writes it';
COMMENT ON COLUMN directory.offer.address_id IS 'Address shown and searched: that of the linked structure when both name one commune, else own_address_id';
COMMENT ON COLUMN directory.offer.mssante IS 'Secure professional mail address of the person at this place';
COMMENT ON COLUMN directory.offer.content_hash IS 'md5 of every column that comes from the source: what the difference compares';
COMMENT ON COLUMN directory.offer.phone IS 'E.164, or a short code as it is';
CREATE INDEX offer_idnps_idx ON directory.offer (idnps) WHERE idnps IS NOT NULL;
CREATE INDEX offer_finess_idx ON directory.offer (finess) WHERE finess IS NOT NULL;
CREATE INDEX offer_address_idx ON directory.offer (address_id);

CREATE TABLE directory.offer_specialty (
  specialty_id integer NOT NULL,
  offer_id uuid NOT NULL,
  department_code text NOT NULL,
  location geography(Point, 4326) NOT NULL
);
COMMENT ON TABLE directory.offer_specialty IS 'What a search walks through: one row per located offer and group of specialties';
COMMENT ON COLUMN directory.offer_specialty.specialty_id IS 'Head of the group (directory.specialty.group_id)';
CREATE INDEX offer_specialty_location_gix ON directory.offer_specialty USING gist (specialty_id, location);
CREATE INDEX offer_specialty_department_idx ON directory.offer_specialty (specialty_id, department_code, offer_id);
CREATE INDEX offer_specialty_offer_idx ON directory.offer_specialty (offer_id);

CREATE TABLE directory.offer_change (
  offer_id uuid NOT NULL,
  run_id bigint NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  before jsonb NOT NULL
);
COMMENT ON TABLE directory.offer_change IS 'History of each place: the former values of the fields a load changed; goes with the offer';
CREATE INDEX offer_change_offer_idx ON directory.offer_change (offer_id);

GRANT USAGE ON SCHEMA directory TO sas_reader, sas_writer;
GRANT USAGE, CREATE ON SCHEMA directory TO sas_loader;
GRANT SELECT ON ALL TABLES IN SCHEMA directory TO sas_reader, sas_writer;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA directory TO sas_loader;

-- The loader owns what it loads: rebuilding an index after a first bulk load, ANALYZE.
ALTER TABLE directory.address OWNER TO sas_loader;
ALTER TABLE directory.practitioner OWNER TO sas_loader;
ALTER TABLE directory.structure OWNER TO sas_loader;
ALTER TABLE directory.offer OWNER TO sas_loader;
ALTER TABLE directory.offer_specialty OWNER TO sas_loader;
ALTER TABLE directory.offer_change OWNER TO sas_loader;
