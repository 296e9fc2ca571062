-- The bare twin of the load of the address base.

-- name: create_bare_addresses
-- The 23 columns of the official file, as text.
CREATE TABLE public.bare_addresses (
  id text, id_fantoir text, numero text, rep text, nom_voie text, code_postal text, code_insee text,
  nom_commune text, code_insee_ancienne_commune text, nom_ancienne_commune text, x text, y text, lon text,
  lat text, type_position text, alias text, nom_ld text, libelle_acheminement text, nom_afnor text,
  source_position text, source_nom_voie text, certification_commune text, cad_parcelles text
);

-- name: copy_bare_addresses
COPY public.bare_addresses FROM STDIN (FORMAT csv, DELIMITER ';', HEADER);

-- name: drop_bare_addresses
DROP TABLE public.bare_addresses;

-- name: street_table_bytes
--   out   bytes of the table in service, arrays and indexes included
SELECT pg_total_relation_size('geocoding.street');

-- name: covered_communes
--   out   citycode of the communes the address base in service holds streets of
SELECT DISTINCT citycode FROM geocoding.street;

-- name: absent_streets
-- Streets asked in a commune that has none of that name: the costliest fault is to accept one.
--   in    count
--   out   name, citycode; the same ones on each run
SELECT s.name, c.citycode
FROM (
  SELECT DISTINCT ON (core) name, core
  FROM geocoding.street
  WHERE kind = 'street'
  ORDER BY core, street_id
) AS s
CROSS JOIN LATERAL (
  SELECT x.citycode
  FROM (SELECT DISTINCT citycode FROM geocoding.street ORDER BY citycode LIMIT 50) AS x
  WHERE NOT EXISTS (SELECT FROM geocoding.street AS t WHERE t.core = s.core AND t.citycode = x.citycode)
  ORDER BY md5(s.core || x.citycode)
  LIMIT 1
) AS c
ORDER BY md5(s.core)
LIMIT %(count)s;
