-- Loading a table by key: staging, difference, swap. Every statement here is composed: names in braces are filled
-- with quoted identifiers by `ingest.load`. `s` is the staging table, `t` the table in service.

-- name: copy_into
-- Composed: table, columns.
COPY {table} ({columns}) FROM STDIN (FORMAT csv);

-- name: create_keyed_staging
-- Composed: staging, target, columns. Column types are those of the target; each row knows where it comes from.
CREATE UNLOGGED TABLE {staging} AS
SELECT {columns}, NULL::text AS source_file, NULL::bigint AS source_line
FROM {target}
WITH NO DATA;

-- name: analyse_table
-- Composed: staging.
ANALYZE {staging};

-- name: drop_duplicate_keys
-- Composed: staging, key. Keeps the first row of each key.
--   out   source_file, source_line, key_text of the rows dropped
DELETE FROM {staging} AS s
USING (
  SELECT ctid, row_number() OVER (PARTITION BY {key} ORDER BY source_file, source_line, ctid) AS place
  FROM {staging}
) AS ranked
WHERE s.ctid = ranked.ctid AND ranked.place > 1
RETURNING s.source_file, s.source_line, concat_ws(' ', {key_of_s}) AS key_text;

-- name: key_staging
-- Composed: staging, key. The comparisons below walk through this index.
ALTER TABLE {staging} ADD PRIMARY KEY ({key});

-- name: keyed_difference
-- Composed: staging, target, same_key, first_key, staged, stored, in_scope, label.
--   out   kind (added, changed, removed, unchanged), rows, samples (text[], at most 5)
SELECT kind, count(*) AS rows, (array_agg(label ORDER BY label))[1:5] AS samples
FROM (
  SELECT
    CASE
      WHEN t.{first_key} IS NULL THEN 'added'
      WHEN s.{first_key} IS NULL THEN 'removed'
      WHEN ({staged}) IS DISTINCT FROM ({stored}) THEN 'changed'
      ELSE 'unchanged'
    END AS kind,
    {label} AS label
  FROM {staging} AS s
  FULL JOIN (SELECT * FROM {target} AS t WHERE {in_scope}) AS t ON {same_key}
) AS compared
GROUP BY kind;

-- name: keyed_remove
-- Composed: staging, target, same_key, in_scope.
DELETE FROM {target} AS t
WHERE {in_scope} AND NOT EXISTS (SELECT FROM {staging} AS s WHERE {same_key});

-- name: keyed_forget
-- Composed: staging, target, same_key, set_null, all_null. For a source that owns columns, not rows.
UPDATE {target} AS t SET {set_null}
WHERE NOT ({all_null}) AND NOT EXISTS (SELECT FROM {staging} AS s WHERE {same_key});

-- name: keyed_update
-- Composed: staging, target, same_key, set_staged, staged, stored.
UPDATE {target} AS t SET {set_staged}
FROM {staging} AS s
WHERE {same_key} AND ({staged}) IS DISTINCT FROM ({stored});

-- name: keyed_insert
-- Composed: staging, target, same_key, columns, columns_of_s, key_of_s. The order makes it read everything before
-- it writes: a loop over the table it fills would meet its own rows again and again.
INSERT INTO {target} ({columns})
SELECT {columns_of_s} FROM {staging} AS s
WHERE NOT EXISTS (SELECT FROM {target} AS t WHERE {same_key})
ORDER BY {key_of_s};
