-- depends: 0003_ingest
-- The address base: one row per street or lieu-dit, its numbers held in arrays beside it.
-- 26 M numbers are 2.6 M rows, one index probe answers an address, and no index stands on the numbers.
CREATE SCHEMA geocoding;
COMMENT ON SCHEMA geocoding IS 'Streets, lieux-dits and their numbers, from the national address base (BAN)';

CREATE TABLE geocoding.street (
  street_id bigint NOT NULL,
  ban_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('street', 'locality')),
  department_code text NOT NULL,
  citycode text COLLATE "C" NOT NULL,
  former_citycode text,
  former_name text,
  postal_code text,
  name text NOT NULL,
  street_type text NOT NULL DEFAULT '',
  core text COLLATE "C" NOT NULL,
  skeleton text COLLATE "C" NOT NULL,
  lon double precision NOT NULL,
  lat double precision NOT NULL,
  extent box NOT NULL,
  numbers integer[] NOT NULL DEFAULT '{}',
  suffixes text[] NOT NULL DEFAULT '{}',
  lons_e6 integer[] NOT NULL DEFAULT '{}',
  lats_e6 integer[] NOT NULL DEFAULT '{}'
);
COMMENT ON COLUMN geocoding.street.street_id IS 'Digest of ban_id, former commune and postal code: the same over loads';
COMMENT ON COLUMN geocoding.street.ban_id IS 'Identifier of the street in the BAN: INSEE code, underscore, street code';
COMMENT ON COLUMN geocoding.street.citycode IS 'INSEE code of the file; arrondissement in Paris, Lyon, Marseille';
COMMENT ON COLUMN geocoding.street.street_type IS 'Canonical type: geo.geocoding.normalise.street_key(name).type';
COMMENT ON COLUMN geocoding.street.core IS 'Folded words of the name without type, articles, titles expanded: geo.geocoding.normalise.core';
COMMENT ON COLUMN geocoding.street.skeleton IS 'Core reduced to a sound-like key, spaces removed: geo.geocoding.normalise.skeleton';
COMMENT ON COLUMN geocoding.street.lon IS 'Longitude of the number in the middle, degrees, EPSG:4326';
COMMENT ON COLUMN geocoding.street.extent IS 'Bounding box of the positions, degrees, EPSG:4326: (east, north), (west, south)';
COMMENT ON COLUMN geocoding.street.numbers IS 'Keys of the numbers, ascending: geo.geocoding.normalise.number_key (number × 2048 + index)';
COMMENT ON COLUMN geocoding.street.suffixes IS 'Repetition indices as the BAN spells them, same order as numbers; empty when no number has one';
COMMENT ON COLUMN geocoding.street.lons_e6 IS 'Longitudes of the numbers in millionths of a degree, same order as numbers';
COMMENT ON COLUMN geocoding.street.lats_e6 IS 'Latitudes of the numbers in millionths of a degree, same order as numbers';

-- Core first: one index answers a name in a commune and a name anywhere; by commune goes through the skeleton.
CREATE INDEX street_core_idx ON geocoding.street (core, citycode);
CREATE INDEX street_skeleton_idx ON geocoding.street (citycode, skeleton);
CREATE INDEX street_extent_gix ON geocoding.street USING gist (extent);
CREATE INDEX street_id_idx ON geocoding.street (street_id);

GRANT USAGE ON SCHEMA geocoding TO sas_reader, sas_writer;
GRANT USAGE, CREATE ON SCHEMA geocoding TO sas_loader;
GRANT SELECT ON ALL TABLES IN SCHEMA geocoding TO sas_reader, sas_writer;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA geocoding TO sas_loader;
-- A national load builds the table aside and puts it in the place of this one.
ALTER TABLE geocoding.street OWNER TO sas_loader;
