-- depends: 0001_roles
-- Territories: the official geographic code, postal codes, outlines, the deployment of the SAS.
CREATE SCHEMA territory;
COMMENT ON SCHEMA territory IS 'Regions, departments, communes, postal codes, outlines, SAS deployment';

CREATE TABLE territory.region (
  region_code text PRIMARY KEY,
  name text NOT NULL
);

CREATE TABLE territory.department (
  department_code text PRIMARY KEY,
  name text NOT NULL,
  region_code text REFERENCES territory.region,
  timezone text NOT NULL,
  srid integer NOT NULL
);
COMMENT ON COLUMN territory.department.department_code IS '01…95, 2A, 2B, 971…976, and collectivities 975, 977, 978, 986, 987, 988';
COMMENT ON COLUMN territory.department.timezone IS 'IANA zone of the department';
COMMENT ON COLUMN territory.department.srid IS 'EPSG code of the legal projection (metres)';

CREATE TABLE territory.commune (
  citycode text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('COM', 'ARM', 'COLL')),
  name text NOT NULL,
  name_folded text NOT NULL,
  department_code text NOT NULL REFERENCES territory.department,
  parent_citycode text,
  population integer,
  lon double precision,
  lat double precision,
  position_source text
);
COMMENT ON COLUMN territory.commune.citycode IS 'INSEE code; arrondissements of Paris, Lyon, Marseille have their own row (kind ARM)';
COMMENT ON COLUMN territory.commune.parent_citycode IS '75056, 69123 or 13055 for an arrondissement, else null';
COMMENT ON COLUMN territory.commune.name_folded IS 'geo.geocoding.normalise.fold(name)';
COMMENT ON COLUMN territory.commune.population IS 'Municipal population (PMUN)';
COMMENT ON COLUMN territory.commune.lon IS 'Longitude of the centre, degrees, EPSG:4326; null when unknown';
COMMENT ON COLUMN territory.commune.position_source IS 'Where the centre comes from: communes (given), postal (mean of its postal rows), former (commune it was part of), department (a point inside)';
CREATE INDEX commune_department_idx ON territory.commune (department_code);
CREATE INDEX commune_name_folded_idx ON territory.commune (name_folded);
CREATE INDEX commune_parent_idx ON territory.commune (parent_citycode) WHERE parent_citycode IS NOT NULL;

CREATE TABLE territory.former_commune (
  former_citycode text NOT NULL,
  former_name text NOT NULL,
  former_name_folded text NOT NULL,
  citycode text NOT NULL REFERENCES territory.commune,
  ended_on date,
  PRIMARY KEY (former_citycode, former_name_folded, citycode)
);
COMMENT ON TABLE territory.former_commune IS 'Merged, renamed, delegated and associated communes, each with the present commune(s) that hold it';
CREATE INDEX former_commune_name_idx ON territory.former_commune (former_name_folded);

CREATE TABLE territory.postal_code (
  postal_code text NOT NULL,
  citycode text NOT NULL REFERENCES territory.commune,
  office text NOT NULL,
  office_folded text NOT NULL,
  locality text NOT NULL DEFAULT '',
  lon double precision,
  lat double precision,
  PRIMARY KEY (postal_code, citycode, office_folded, locality)
);
COMMENT ON COLUMN territory.postal_code.office IS 'Delivery office (libellé d''acheminement)';
COMMENT ON COLUMN territory.postal_code.lon IS 'Longitude given by La Poste for the commune, degrees, EPSG:4326; null when absent';
COMMENT ON COLUMN territory.postal_code.locality IS 'Ligne 5: former commune or locality';
CREATE INDEX postal_code_citycode_idx ON territory.postal_code (citycode);

CREATE TABLE territory.cedex (
  cedex_code text NOT NULL,
  citycode text NOT NULL REFERENCES territory.commune,
  office text NOT NULL,
  PRIMARY KEY (cedex_code, citycode)
);

CREATE TABLE territory.outline (
  level text NOT NULL CHECK (level IN ('department', 'region', 'commune')),
  code text NOT NULL,
  name text NOT NULL,
  geom geometry(MultiPolygon, 4326) NOT NULL,
  source text NOT NULL,
  PRIMARY KEY (level, code)
);
CREATE INDEX outline_geom_gix ON territory.outline USING gist (geom);

CREATE TABLE territory.search_radius (
  department_code text PRIMARY KEY REFERENCES territory.department,
  default_radius_km double precision,
  enlargement_km double precision
);
COMMENT ON COLUMN territory.search_radius.default_radius_km IS 'Starting radius of a search, km; null when the official table says 0 (unknown)';

CREATE TABLE territory.sas (
  sas_code text PRIMARY KEY,
  name text NOT NULL,
  status text NOT NULL CHECK (status IN ('operating', 'preparing', 'unknown')),
  since date,
  since_precision text CHECK (since_precision IN ('day', 'month', 'quarter', 'year')),
  phone text,
  contact text,
  source text,
  source_date date,
  note text
);
COMMENT ON TABLE territory.sas IS 'Services d''accès aux soins; edited through `sas ingest deployment FILE`';

CREATE TABLE territory.sas_department (
  sas_code text NOT NULL REFERENCES territory.sas ON DELETE CASCADE,
  department_code text NOT NULL REFERENCES territory.department,
  part text NOT NULL DEFAULT '',
  PRIMARY KEY (sas_code, department_code, part)
);
COMMENT ON COLUMN territory.sas_department.part IS 'Empty for the whole department, else the part covered ("Le Havre")';

GRANT USAGE ON SCHEMA territory TO sas_loader, sas_reader, sas_writer;
GRANT SELECT ON ALL TABLES IN SCHEMA territory TO sas_reader, sas_writer;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA territory TO sas_loader;
