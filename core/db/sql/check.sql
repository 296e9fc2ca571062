-- name: server_facts
-- What the server is, and whether its journal may hold the values given to a statement.
--   out   version_num, fsync, writes_values
WITH chosen AS (
  SELECT name, setting FROM pg_settings
)
SELECT
  (SELECT setting::integer FROM chosen WHERE name = 'server_version_num') AS version_num,
  (SELECT setting::boolean FROM chosen WHERE name = 'fsync') AS fsync,
  (
    (SELECT setting <> 'none' FROM chosen WHERE name = 'log_statement')
    OR (SELECT setting::integer >= 0 FROM chosen WHERE name = 'log_min_duration_statement')
  ) AND (SELECT setting <> '0' FROM chosen WHERE name = 'log_parameter_max_length') AS writes_values;

-- name: extensions
-- out   name, version; version is null when the extension is not in this database
SELECT wanted.name, e.extversion AS version
FROM unnest(%(names)s::text[]) AS wanted (name)
LEFT JOIN pg_extension AS e ON e.extname = wanted.name
ORDER BY wanted.name;

-- name: roles
-- Roles of least right: whether each exists, and whether this session may take it.
--   out   name, present, member
SELECT wanted.name, r.oid IS NOT NULL AS present,
  coalesce(pg_has_role(session_user, r.oid, 'MEMBER'), false) AS member
FROM unnest(%(names)s::text[]) AS wanted (name)
LEFT JOIN pg_roles AS r ON r.rolname = wanted.name
ORDER BY wanted.name;

-- name: tables_a_role_may_write
-- in    role_name
-- out   table_name: ordinary tables of our schemas, by their full name
SELECT format('%%I.%%I', n.nspname, c.relname) AS table_name
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
  AND has_table_privilege(%(role_name)s, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
ORDER BY table_name;

-- name: invalid_indexes
-- Indexes that a cut CREATE INDEX CONCURRENTLY left: written at each insert, read by no search.
--   out   index_name
SELECT format('%I.%I', n.nspname, c.relname) AS index_name
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid OR NOT i.indisready
ORDER BY index_name;
