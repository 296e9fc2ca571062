-- name: replace_specialties
-- The nomenclature of the code becomes that of the database: adds, mends, removes. Writes nothing when equal.
--   in    specialty_ids, codes, labels, kinds, group_ids (arrays of one length)
WITH wanted AS (
  SELECT *
  FROM unnest(
    %(specialty_ids)s::integer[], %(codes)s::text[], %(labels)s::text[], %(kinds)s::text[], %(group_ids)s::integer[]
  ) AS row (specialty_id, code, label, kind, group_id)
), gone AS (
  DELETE FROM directory.specialty
  WHERE specialty_id NOT IN (SELECT specialty_id FROM wanted)
)
INSERT INTO directory.specialty AS kept (specialty_id, code, label, kind, group_id)
SELECT specialty_id, code, label, kind, group_id
FROM wanted
ON CONFLICT (specialty_id) DO UPDATE
SET code = excluded.code, label = excluded.label, kind = excluded.kind, group_id = excluded.group_id
WHERE (kept.code, kept.label, kept.kind, kept.group_id)
  IS DISTINCT FROM (excluded.code, excluded.label, excluded.kind, excluded.group_id);
