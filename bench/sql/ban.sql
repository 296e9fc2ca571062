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
