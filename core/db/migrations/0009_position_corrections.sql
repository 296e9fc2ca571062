-- depends: 0008_positions
-- Positions put right by hand. A correction belongs to a place and to the address it was made for: when the place
-- moves, it no longer applies.
CREATE FUNCTION directory.address_fingerprint(
  number text, suffix text, street_type text, street_name text, locality text, postal_code text, office text
) RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT md5(btrim(regexp_replace(
    lower(unaccent(concat_ws(' ', number, suffix, street_type, street_name, locality, postal_code, office))),
    '[^a-z0-9]+', ' ', 'g'
  )))::uuid
$$;
COMMENT ON FUNCTION directory.address_fingerprint IS 'md5 of the address as written, without case, accents and punctuation; without the complement (building, recipient) and the commune code, which change where nobody moves';

CREATE FUNCTION directory.address_text(
  number text, suffix text, street_type text, street_name text, locality text, postal_code text, office text
) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT concat_ws(' ', nullif(number, ''), nullif(suffix, ''), nullif(street_type, ''), nullif(street_name, ''),
    nullif(locality, ''), CASE WHEN starts_with(office, postal_code) THEN NULL ELSE nullif(postal_code, '') END,
    nullif(office, ''))
$$;
COMMENT ON FUNCTION directory.address_text IS 'The address as written, on one line';

CREATE TABLE directory.position_correction (
  correction_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  finess text,
  idnps text,
  fingerprint uuid NOT NULL,
  address text NOT NULL,
  lon double precision NOT NULL CHECK (lon BETWEEN -180 AND 180),
  lat double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
  level text NOT NULL CHECK (level IN ('housenumber', 'street', 'locality')),
  reason text NOT NULL,
  author text NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now(),
  outside_m real,
  CHECK ((finess IS NULL) <> (idnps IS NULL)),
  UNIQUE (finess, fingerprint),
  UNIQUE (idnps, fingerprint)
);
COMMENT ON TABLE directory.position_correction IS 'Positions put right by hand, by place and address; survive the loads';
COMMENT ON COLUMN directory.position_correction.idnps IS 'Person of the Annuaire, when the place is not an establishment; the correction leaves with the person';
COMMENT ON COLUMN directory.position_correction.fingerprint IS 'directory.address_fingerprint of the address it was made for: it does not apply to another';
COMMENT ON COLUMN directory.position_correction.address IS 'That address, for people';
COMMENT ON COLUMN directory.position_correction.lon IS 'Longitude, degrees, EPSG:4326';
COMMENT ON COLUMN directory.position_correction.reason IS 'Why, in the words of who made it';
COMMENT ON COLUMN directory.position_correction.author IS 'A role or a free label; no name is asked';
COMMENT ON COLUMN directory.position_correction.outside_m IS 'Metres outside of the commune when it was made, if it was forced';

-- A corrected place stands at an address of its own, beside the one that loads write and place: nothing is lost when the
-- correction ends.
ALTER TABLE directory.address
  ADD corrects uuid,
  ADD corrects_for text;
COMMENT ON COLUMN directory.address.corrects IS 'Address as the sources write it that this one stands for, put right by hand; null for an address of the sources';
COMMENT ON COLUMN directory.address.corrects_for IS 'FINESS or IDNPS of the only place that moved here; null when all those of the address did, since it has a number and a street';
CREATE INDEX address_corrects_idx ON directory.address (corrects) WHERE corrects IS NOT NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON directory.position_correction TO sas_loader;
