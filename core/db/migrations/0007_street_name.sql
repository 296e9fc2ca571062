-- depends: 0006_map
-- Names of streets, each once for the whole country: what is looked through when no commune is typed yet.
-- 2.6 M streets bear a few hundred thousand names; the most inhabited communes of each are kept beside it.
CREATE TABLE geocoding.street_name (
  core text COLLATE "C" PRIMARY KEY,
  streets integer NOT NULL,
  citycodes text[] NOT NULL
);
COMMENT ON TABLE geocoding.street_name IS 'Cores of the streets in service, counted again with each load';
COMMENT ON COLUMN geocoding.street_name.core IS 'As geocoding.street.core';
COMMENT ON COLUMN geocoding.street_name.streets IS 'How many streets bear it';
COMMENT ON COLUMN geocoding.street_name.citycodes IS 'INSEE codes of its communes, most inhabited first, 40 at most';

CREATE INDEX street_name_core_trgm ON geocoding.street_name USING gin (core gin_trgm_ops);

GRANT SELECT ON geocoding.street_name TO sas_reader, sas_writer;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON geocoding.street_name TO sas_loader;
ALTER TABLE geocoding.street_name OWNER TO sas_loader;

INSERT INTO geocoding.street_name (core, streets, citycodes)
SELECT core, sum(streets), (array_agg(citycode ORDER BY population DESC NULLS LAST, citycode))[1:40]
FROM (SELECT core, citycode, count(*) AS streets FROM geocoding.street GROUP BY core, citycode) AS s
LEFT JOIN territory.commune AS c USING (citycode)
GROUP BY core;
