-- depends: 0003_ingest
-- The address base: one row per street or lieu-dit, its numbers held in arrays beside it.
-- 26 M numbers are 2.6 M rows, one index probe answers an address, and no index stands on the numbers.
CREATE SCHEMA geocoding;
COMMENT ON SCHEMA geocoding IS 'Streets, lieux-dits and their numbers, from the national address base (BAN)';

CREATE TABLE geocoding.street (
  street_id bigint GENERATED ALWAYS AS IDENTITY,
  ban_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('street', 'locality')),
  citycode text NOT NULL,
  former_citycode text,
  former_name text,
  postal_code text,
  name text NOT NULL,
  name_folded text NOT NULL,
  core text NOT NULL,
  skeleton text NOT NULL,
  lon double precision NOT NULL,
  lat double precision NOT NULL,
  extent geometry(Polygon, 4326),
  numbers integer[] NOT NULL DEFAULT '{}',
  suffixes text[] NOT NULL DEFAULT '{}',
  lons_e6 integer[] NOT NULL DEFAULT '{}',
  lats_e6 integer[] NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE geocoding.street IS 'Partition-free; a department is replaced in one transaction';
COMMENT ON COLUMN geocoding.street.ban_id IS 'Identifier of the street in the BAN: INSEE code, underscore, street code';
COMMENT ON COLUMN geocoding.street.core IS 'Folded words of the name without type, articles, titles expanded: geo.geocoding.normalise.core';
COMMENT ON COLUMN geocoding.street.skeleton IS 'Core reduced to a sound-like key, spaces removed: geo.geocoding.normalise.skeleton';
COMMENT ON COLUMN geocoding.street.lons_e6 IS 'Longitudes of the numbers in millionths of a degree, same order as numbers';

GRANT USAGE ON SCHEMA geocoding TO sas_reader, sas_writer;
GRANT USAGE, CREATE ON SCHEMA geocoding TO sas_loader;
GRANT SELECT ON ALL TABLES IN SCHEMA geocoding TO sas_reader, sas_writer;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA geocoding TO sas_loader;
