-- Annuaire Santé: staged lines to one sheet per person and place, its addresses, its people.
-- Names in braces are staging tables, filled with quoted identifiers by `ingest.load.annuaire`.

-- name: create_annuaire_row
-- One line of care. `row` is the file's rank × 2^40 + the line: the order of the files, in one number.
-- The keys are computed while the lines are copied, so that no second pass over them is needed.
CREATE UNLOGGED TABLE {row} (
  row bigint NOT NULL,
  idnps text NOT NULL,
  title text NOT NULL,
  family_name text NOT NULL,
  given_name text NOT NULL,
  name text NOT NULL,
  profession_code text NOT NULL,
  know_how_code text NOT NULL,
  mode_code text NOT NULL,
  sector_code text NOT NULL,
  siret text NOT NULL,
  finess text NOT NULL,
  structure_key text NOT NULL,
  structure_name text NOT NULL,
  complement text NOT NULL,
  number text NOT NULL,
  suffix text NOT NULL,
  street_type text NOT NULL,
  street_name text NOT NULL,
  locality text NOT NULL,
  postal_code text NOT NULL,
  office text NOT NULL,
  citycode text NOT NULL,
  phone text NOT NULL,
  mssante text NOT NULL,
  own_address_id uuid GENERATED ALWAYS AS (
    md5(complement || '|' || number || '|' || suffix || '|' || street_type || '|' || street_name || '|' || locality
      || '|' || postal_code || '|' || office || '|' || citycode)::uuid
  ) STORED,
  offer_id uuid GENERATED ALWAYS AS (
    md5('annuaire|' || idnps || '|' || CASE WHEN structure_key <> '' THEN structure_key ELSE
      'A' || md5(lower(number || suffix || street_type || street_name || locality || postal_code || citycode)) END
      || '|' || mode_code || '|' || sector_code)::uuid
  ) STORED
);

-- name: create_know_how
-- Specialities by person, from the file SavoirFaire.
CREATE UNLOGGED TABLE {know_how} (idnps text NOT NULL, know_how_code text NOT NULL);

-- name: create_mailbox
-- Secure mail addresses of people, by structure ('' for none).
CREATE UNLOGGED TABLE {mailbox} (idnps text NOT NULL, structure_key text NOT NULL, mailbox text NOT NULL);

-- name: copy_text
-- Composed: table, columns. Text format, no nulls.
COPY {table} ({columns}) FROM STDIN;

-- name: count_adeli
--   out   lines whose person is known by an ADELI number only
SELECT count(*) FROM {row} WHERE starts_with(idnps, '0');

-- name: match_adeli
-- A person listed under ADELI and under RPPS is one: same names, same profession, a place in common (structure,
-- address or postal code), and one RPPS number only that answers. The ADELI lines take the RPPS identity.
UPDATE {row} AS old
SET idnps = match.idnps
FROM (
  SELECT adeli.idnps AS adeli, min(rpps.idnps) AS idnps
  FROM {row} AS adeli
  JOIN {row} AS rpps
    ON lower(unaccent(rpps.family_name)) = lower(unaccent(adeli.family_name))
    AND lower(unaccent(rpps.given_name)) = lower(unaccent(adeli.given_name))
    AND rpps.profession_code = adeli.profession_code
  WHERE starts_with(adeli.idnps, '0') AND starts_with(rpps.idnps, '8')
    AND (
      (rpps.structure_key = adeli.structure_key AND rpps.structure_key <> '')
      OR (rpps.postal_code = adeli.postal_code AND rpps.postal_code <> '')
      OR rpps.own_address_id = adeli.own_address_id
    )
  GROUP BY adeli.idnps
  HAVING count(DISTINCT rpps.idnps) = 1
) AS match
WHERE old.idnps = match.adeli;

-- name: whole_tables_session
-- Every statement of the match reads whole tables; a row count guessed too low after an outer join must not make the
-- planner loop over them. For this transaction only.
SELECT set_config('enable_nestloop', 'off', true);

-- name: first_rows
-- Sheets of several lines, a few in a hundred: their first line, and the specialities of all their lines.
-- Composed: ordinal (codes of the ordinal specialities of the nomenclature).
CREATE UNLOGGED TABLE {first} AS
SELECT
  several.offer_id,
  several.row,
  array_agg(DISTINCT r.know_how_code ORDER BY r.know_how_code) FILTER (WHERE r.know_how_code <> '') AS codes,
  bool_or(r.know_how_code = ANY({ordinal}::text[])) FILTER (WHERE r.know_how_code <> '') AS is_ordinal
FROM (SELECT offer_id, min(row) AS row FROM {row} GROUP BY offer_id HAVING count(*) > 1) AS several
JOIN {row} AS r USING (offer_id)
GROUP BY several.offer_id, several.row;

-- name: stage_annuaire_offers
-- One row per sheet. Values come from its first line; specialities from all. Without an ordinal speciality that the
-- nomenclature knows, the profession is added, so that every sheet can be found.
-- Composed: ordinal (codes of the ordinal specialities of the nomenclature).
CREATE UNLOGGED TABLE {offer} AS
WITH by_person AS (
  SELECT
    idnps,
    array_agg(DISTINCT know_how_code ORDER BY know_how_code) AS codes,
    bool_or(know_how_code = ANY({ordinal}::text[])) AS is_ordinal
  FROM {know_how}
  GROUP BY idnps
), sheet AS (
  SELECT
    r.*,
    coalesce(
      f.codes,
      CASE WHEN r.know_how_code <> '' THEN ARRAY[r.know_how_code] END,
      by_person.codes,
      '{{}}'
    ) AS codes,
    coalesce(
      f.is_ordinal,
      CASE WHEN r.know_how_code <> '' THEN r.know_how_code = ANY({ordinal}::text[]) END,
      by_person.is_ordinal,
      false
    ) AS is_ordinal,
    coalesce(here.mailbox, nullif(r.mssante, ''), anywhere.mailbox) AS mailbox
  FROM {row} AS r
  LEFT JOIN {first} AS f ON f.offer_id = r.offer_id
  LEFT JOIN by_person ON by_person.idnps = r.idnps
  LEFT JOIN (
    SELECT idnps, structure_key, min(mailbox) AS mailbox FROM {mailbox} GROUP BY idnps, structure_key
  ) AS here ON here.idnps = r.idnps AND here.structure_key = r.structure_key
  LEFT JOIN (
    SELECT idnps, min(mailbox) AS mailbox FROM {mailbox} WHERE structure_key = '' GROUP BY idnps
  ) AS anywhere ON anywhere.idnps = r.idnps
  WHERE f.offer_id IS NULL OR f.row = r.row
), coded AS (
  SELECT *, CASE WHEN is_ordinal THEN codes ELSE ARRAY[profession_code] || codes END AS specialty_codes FROM sheet
)
SELECT
  row,
  offer_id,
  'practitioner' AS kind,
  idnps,
  nullif(finess, '') AS finess,
  nullif(siret, '') AS siret,
  nullif(structure_key, '') AS structure_key,
  nullif(structure_name, '') AS structure_name,
  name,
  specialty_codes,
  nullif(mode_code, '') AS mode_code,
  nullif(sector_code, '') AS sector_code,
  own_address_id,
  own_address_id AS address_id,
  NULL::text AS linked_finess,
  nullif(phone, '') AS phone,
  mailbox AS mssante,
  row >> 40 AS file_rank,
  row & ((1::bigint << 40) - 1) AS source_line,
  md5(
    finess || '|' || siret || '|' || structure_name || '|' || name || '|' || phone || '|' || own_address_id::text
      || '|' || array_to_string(specialty_codes, ',') || '|' || coalesce(mailbox, '')
  )::uuid AS content_hash
FROM coded;

-- name: stage_annuaire_addresses
-- Distinct addresses of the sheets, in the shape of directory.address.
CREATE UNLOGGED TABLE {address} AS
SELECT
  r.own_address_id AS address_id,
  r.complement, r.number, r.suffix, r.street_type, r.street_name, r.locality, r.postal_code, r.office,
  r.citycode AS source_citycode
FROM (SELECT min(row) AS row FROM {offer} GROUP BY own_address_id) AS f
JOIN {row} AS r ON r.row = f.row;

-- name: people_of_several_lines
-- The first line of each person who has several. People of one line need no grouping after that.
CREATE UNLOGGED TABLE {person} AS
SELECT idnps, min(row) AS row FROM {row} GROUP BY idnps HAVING count(*) > 1;

-- name: stage_practitioners
-- People, from their first line: each has a sheet at least, for every line belongs to one.
CREATE UNLOGGED TABLE {practitioner} AS
SELECT
  r.idnps,
  CASE WHEN starts_with(r.idnps, '8') THEN substr(r.idnps, 2) END AS rpps,
  r.title, r.family_name, r.given_name, r.profession_code
FROM {row} AS r
LEFT JOIN {person} AS p ON p.idnps = r.idnps
WHERE p.idnps IS NULL OR p.row = r.row;

-- name: apply_practitioners
-- People who left the files leave; who changed is mended; who is new comes in. The order makes the last part
-- read everything before it writes: a loop over the table it fills would meet its own rows again and again.
WITH gone AS (
  DELETE FROM directory.practitioner AS t
  WHERE NOT EXISTS (SELECT FROM {practitioner} AS s WHERE s.idnps = t.idnps)
), mended AS (
  UPDATE directory.practitioner AS t
  SET rpps = s.rpps, title = s.title, family_name = s.family_name, given_name = s.given_name,
    profession_code = s.profession_code
  FROM {practitioner} AS s
  WHERE s.idnps = t.idnps
    AND (t.title, t.family_name, t.given_name, t.profession_code)
      IS DISTINCT FROM (s.title, s.family_name, s.given_name, s.profession_code)
)
INSERT INTO directory.practitioner (idnps, rpps, title, family_name, given_name, profession_code)
SELECT idnps, rpps, title, family_name, given_name, profession_code
FROM {practitioner} AS s
WHERE NOT EXISTS (SELECT FROM directory.practitioner AS t WHERE t.idnps = s.idnps)
ORDER BY idnps;
