-- depends: 0016_practitioner_name
-- The audit of neutrality: a chained log of rankings that holds no place and no patient, counters of what was
-- shown, and the reports published. Only added to: nobody but the owner, through audit.purge_before, removes anything.
CREATE SCHEMA audit;
COMMENT ON SCHEMA audit IS 'Rankings kept for the audit of neutrality, without place nor patient; added to, never rewritten';

CREATE TABLE audit.ranking (
  ranking_id bigint PRIMARY KEY,
  day date NOT NULL,
  policy text NOT NULL,
  policy_digest text NOT NULL CHECK (policy_digest ~ '^[0-9a-f]{64}$'),
  seed text NOT NULL,
  specialty text NOT NULL,
  area text NOT NULL CHECK (area ~ '^(cell:[0-9a-f]{15}|department:[0-9AB]{2,3})$'),
  total integer NOT NULL,
  page smallint NOT NULL CHECK (page BETWEEN 1 AND 100),
  candidates bytea NOT NULL CHECK (octet_length(candidates) % 26 = 0 AND octet_length(candidates) <= 2600),
  previous text NOT NULL,
  hash text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
  CHECK (octet_length(candidates) / 26 <= total)
);
COMMENT ON TABLE audit.ranking IS 'Rankings made again from the centre of a cell (or for a whole department) and from a whole quarter of a day: no place searched can be found back in them (docs/decisions/0005)';
COMMENT ON COLUMN audit.ranking.ranking_id IS 'One more than the ranking before, without a hole';
COMMENT ON COLUMN audit.ranking.day IS 'Local day of the area; the instant is not kept';
COMMENT ON COLUMN audit.ranking.policy_digest IS 'SHA-256 of the file of the policy';
COMMENT ON COLUMN audit.ranking.seed IS 'Drawn by the server; a seed given by a caller is never kept';
COMMENT ON COLUMN audit.ranking.area IS 'cell:… = H3 cell of resolution 6 (36 km²), ranked from its centre; department:… = no place at all';
COMMENT ON COLUMN audit.ranking.total IS 'Offers ranked; the first 100 are kept';
COMMENT ON COLUMN audit.ranking.page IS 'Offers shown on a page';
COMMENT ON COLUMN audit.ranking.candidates IS '26 bytes for each, in the order shown, big-endian: offer_id (16), slots (1: 0 none, 1 unknown, 2 known), flags (1: 1 remote, 2 participating, 4 beside the specialty), wait (4, hundredths of a minute from the quarter of a day), travel (4, hundredths of a minute, -1 in a department)';
COMMENT ON COLUMN audit.ranking.previous IS 'Digest of the ranking before; sixty-four zeros before the first';
COMMENT ON COLUMN audit.ranking.hash IS 'SHA-256 of previous, a line feed, and the columns as JSON with sorted names (docs/neutrality.md): changing, removing or inserting a ranking breaks what follows (sas audit verify)';
CREATE INDEX ranking_day_idx ON audit.ranking (day);

CREATE TABLE audit.purge (
  purge_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  before date NOT NULL,
  first_id bigint NOT NULL,
  last_id bigint NOT NULL CHECK (last_id >= first_id),
  hash text NOT NULL,
  previous text NOT NULL,
  proof text NOT NULL,
  purged_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE audit.purge IS 'Rankings removed because of their age, and where the chain starts since';
COMMENT ON COLUMN audit.purge.before IS 'Every ranking removed is of a day before this one';
COMMENT ON COLUMN audit.purge.hash IS 'Digest of the last ranking removed: the previous of the first that stays';
COMMENT ON COLUMN audit.purge.previous IS 'Proof of the purge before; sixty-four zeros before the first';
COMMENT ON COLUMN audit.purge.proof IS 'SHA-256 of previous, a line feed, and first_id, last_id, hash and before as JSON with sorted names';

CREATE TABLE audit.exposure (
  day date NOT NULL,
  specialty text NOT NULL,
  offer_id uuid NOT NULL,
  shown integer NOT NULL CHECK (shown >= 10),
  exposure bigint NOT NULL CHECK (exposure >= 0)
);
COMMENT ON TABLE audit.exposure IS 'How often offers were shown, in lots of ten searches at least: fewer would point at one search; to be summed';
COMMENT ON COLUMN audit.exposure.exposure IS 'Sum of round(1000 / log2(1 + rank)) over the searches of the lot';
CREATE INDEX exposure_day_idx ON audit.exposure (day);

CREATE TABLE audit.skipped (
  day date NOT NULL,
  reason text NOT NULL CHECK (reason IN ('rate', 'queue', 'storage', 'seed', 'invalid', 'few')),
  count bigint NOT NULL CHECK (count > 0)
);
COMMENT ON TABLE audit.skipped IS 'What was not kept, never silently; to be summed';
COMMENT ON COLUMN audit.skipped.reason IS 'rate = more than the bound per second; queue = writing was late; storage = the database refused; seed = given by the caller; invalid = not of the form of a record; few = shown less than ten times in a day by one process';
CREATE INDEX skipped_day_idx ON audit.skipped (day);

CREATE TABLE audit.report (
  report_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  made_at timestamptz NOT NULL DEFAULT now(),
  report jsonb NOT NULL
);
COMMENT ON TABLE audit.report IS 'Reports of neutrality published: the last one is shown on /neutralite';

CREATE FUNCTION audit.keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'ranking' AND TG_OP = 'DELETE' AND current_setting('sas.audit_purge', true) = 'on' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'audit.% is added to, never rewritten', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;

CREATE FUNCTION audit.follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  last record;
BEGIN
  SELECT ranking_id, hash INTO last FROM audit.ranking ORDER BY ranking_id DESC LIMIT 1;
  IF NOT FOUND THEN
    SELECT last_id AS ranking_id, hash INTO last FROM audit.purge ORDER BY purge_id DESC LIMIT 1;
  END IF;
  IF NEW.ranking_id <> coalesce(last.ranking_id, 0) + 1 OR NEW.previous <> coalesce(last.hash, repeat('0', 64)) THEN
    RAISE EXCEPTION 'ranking % does not follow the last one', NEW.ranking_id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER ranking_follows BEFORE INSERT ON audit.ranking FOR EACH ROW EXECUTE FUNCTION audit.follow();
CREATE TRIGGER ranking_kept BEFORE UPDATE OR DELETE ON audit.ranking FOR EACH ROW EXECUTE FUNCTION audit.keep();
CREATE TRIGGER ranking_not_emptied BEFORE TRUNCATE ON audit.ranking FOR EACH STATEMENT EXECUTE FUNCTION audit.keep();
CREATE TRIGGER purge_kept BEFORE UPDATE OR DELETE ON audit.purge FOR EACH ROW EXECUTE FUNCTION audit.keep();
CREATE TRIGGER purge_not_emptied BEFORE TRUNCATE ON audit.purge FOR EACH STATEMENT EXECUTE FUNCTION audit.keep();
CREATE TRIGGER exposure_kept BEFORE UPDATE OR DELETE ON audit.exposure FOR EACH ROW EXECUTE FUNCTION audit.keep();
CREATE TRIGGER skipped_kept BEFORE UPDATE OR DELETE ON audit.skipped FOR EACH ROW EXECUTE FUNCTION audit.keep();
CREATE TRIGGER report_kept BEFORE UPDATE OR DELETE ON audit.report FOR EACH ROW EXECUTE FUNCTION audit.keep();

CREATE FUNCTION audit.purge_before(until date, keep_days integer, purge_previous text, purge_proof text, purge_hash text, purge_first bigint, purge_last bigint)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = audit, pg_temp AS $$
DECLARE
  removed bigint;
BEGIN
  IF keep_days < 180 OR until > current_date - keep_days THEN
    RAISE EXCEPTION 'rankings are kept for 180 days at least' USING ERRCODE = 'restrict_violation';
  END IF;
  IF EXISTS (SELECT FROM ranking WHERE ranking_id <= purge_last AND day >= until)
    OR purge_first IS DISTINCT FROM (SELECT min(ranking_id) FROM ranking)
    OR purge_hash IS DISTINCT FROM (SELECT hash FROM ranking WHERE ranking_id = purge_last)
    OR purge_previous <> coalesce((SELECT proof FROM purge ORDER BY purge_id DESC LIMIT 1), repeat('0', 64))
  THEN
    RAISE EXCEPTION 'this purge does not fit the chain' USING ERRCODE = 'restrict_violation';
  END IF;
  INSERT INTO purge (before, first_id, last_id, hash, previous, proof)
  VALUES (until, purge_first, purge_last, purge_hash, purge_previous, purge_proof);
  PERFORM set_config('sas.audit_purge', 'on', true);
  DELETE FROM ranking WHERE ranking_id <= purge_last;
  GET DIAGNOSTICS removed = ROW_COUNT;
  PERFORM set_config('sas.audit_purge', 'off', true);
  RETURN removed;
END
$$;
COMMENT ON FUNCTION audit.purge_before IS 'Removes the oldest rankings, of days before `until` only and never younger than 180 days, and writes where the chain starts since';
REVOKE EXECUTE ON FUNCTION audit.purge_before FROM PUBLIC;

GRANT USAGE ON SCHEMA audit TO sas_reader, sas_writer;
GRANT SELECT ON audit.report TO sas_reader;
GRANT SELECT, INSERT ON audit.ranking, audit.exposure, audit.skipped, audit.report TO sas_writer;
GRANT SELECT ON audit.purge TO sas_writer;
GRANT EXECUTE ON FUNCTION audit.purge_before TO sas_writer;
