-- Records of the agenda vendors.

-- name: editors
-- Every vendor, by slug.
--   out   the columns of editor.editor but the two dates
--   uses  editor_pkey
SELECT slug, name, base_url, flows, state, booking, booking_hosts, certificate, private_key, authority,
  revocations, expected_cn, expected_ou, max_concurrent, rate_per_s, sandbox
FROM editor.editor
ORDER BY slug;

-- name: editor
-- One vendor.
--   in    slug
--   out   as `editors`; no row when unknown
--   uses  editor_pkey
SELECT slug, name, base_url, flows, state, booking, booking_hosts, certificate, private_key, authority,
  revocations, expected_cn, expected_ou, max_concurrent, rate_per_s, sandbox
FROM editor.editor
WHERE slug = %(slug)s::text;

-- name: put_editor
-- Adds a vendor, or replaces its record; the former one goes to the history.
--   in    the columns of editor.editor but the two dates
--   out   added (true when it did not exist)
--   uses  editor_pkey
WITH former AS (
  SELECT * FROM editor.editor WHERE slug = %(slug)s::text
), put AS (
  INSERT INTO editor.editor AS kept (slug, name, base_url, flows, state, booking, booking_hosts, certificate,
    private_key, authority, revocations, expected_cn, expected_ou, max_concurrent, rate_per_s, sandbox)
  VALUES (%(slug)s, %(name)s, %(base_url)s, %(flows)s, %(state)s, %(booking)s, %(booking_hosts)s,
    %(certificate)s, %(private_key)s, %(authority)s, %(revocations)s, %(expected_cn)s, %(expected_ou)s,
    %(max_concurrent)s, %(rate_per_s)s, %(sandbox)s)
  ON CONFLICT (slug) DO UPDATE SET name = excluded.name, base_url = excluded.base_url,
    flows = excluded.flows, state = excluded.state, booking = excluded.booking,
    booking_hosts = excluded.booking_hosts, certificate = excluded.certificate,
    private_key = excluded.private_key, authority = excluded.authority, revocations = excluded.revocations,
    expected_cn = excluded.expected_cn, expected_ou = excluded.expected_ou,
    max_concurrent = excluded.max_concurrent, rate_per_s = excluded.rate_per_s, sandbox = excluded.sandbox,
    updated_at = now()
  RETURNING kept.*
), noted AS (
  INSERT INTO editor.change (slug, before, after)
  SELECT put.slug, to_jsonb(former.*), to_jsonb(put.*) FROM put LEFT JOIN former USING (slug)
)
SELECT NOT EXISTS (SELECT FROM former) AS added FROM put;

-- name: remove_editor
-- Removes a vendor; its record goes to the history.
--   in    slug
--   out   slug; no row when it was unknown
--   uses  editor_pkey
WITH gone AS (
  DELETE FROM editor.editor WHERE slug = %(slug)s::text RETURNING *
), noted AS (
  INSERT INTO editor.change (slug, before, after)
  SELECT gone.slug, to_jsonb(gone.*), NULL FROM gone
)
SELECT slug FROM gone;
