-- The whole schema on one page, for reading. Written by `sas schema` from the migrations, which remain the
-- truth; a test finds no difference between the two. Units, projections and sources are in the comments.

-- Functions stand before the tables they read.
SET check_function_bodies = false;

DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['sas_loader', 'sas_writer', 'sas_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
    END IF;
  END LOOP;
END
$$;

CREATE SCHEMA agenda;

COMMENT ON SCHEMA agenda IS 'SAS calendar of each place, places taken on it, hours published';

CREATE SCHEMA appointment;

COMMENT ON SCHEMA appointment IS 'Appointments reported by agenda vendors, their history, messages for the regulation software';

CREATE SCHEMA audit;

COMMENT ON SCHEMA audit IS 'Rankings kept for the audit of neutrality, without place nor patient; added to, never rewritten';

CREATE SCHEMA directory;

COMMENT ON SCHEMA directory IS 'Practitioners, structures, addresses, offers (one sheet per practitioner and place, or per structure)';

CREATE SCHEMA editor;

COMMENT ON SCHEMA editor IS 'Agenda vendors: their records, and what the sweep learnt of their free slots';

CREATE SCHEMA geocoding;

COMMENT ON SCHEMA geocoding IS 'Streets, lieux-dits and their numbers, from the national address base (BAN)';

CREATE SCHEMA ingest;

COMMENT ON SCHEMA ingest IS 'Runs, rejected rows, staging';

CREATE SCHEMA map;

COMMENT ON SCHEMA map IS 'Families of care, points and precomputed groups for the vector tiles';

CREATE SCHEMA participation;

COMMENT ON SCHEMA participation IS 'Declarations of practitioners and structures, their history; what the directory shows of them';

CREATE SCHEMA territory;

COMMENT ON SCHEMA territory IS 'Regions, departments, communes, postal codes, outlines, SAS deployment';

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;

COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement and index searching based on trigrams';

CREATE EXTENSION IF NOT EXISTS postgis WITH SCHEMA public;

COMMENT ON EXTENSION postgis IS 'PostGIS geometry and geography spatial types and functions';

CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;

COMMENT ON EXTENSION unaccent IS 'text search dictionary that removes accents';

CREATE FUNCTION audit.follow() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION audit.keep() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF TG_TABLE_NAME = 'ranking' AND TG_OP = 'DELETE' AND current_setting('sas.audit_purge', true) = 'on' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'audit.% is added to, never rewritten', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;

CREATE FUNCTION audit.purge_before(until date, keep_days integer, purge_previous text, purge_proof text, purge_hash text, purge_first bigint, purge_last bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'audit', 'pg_temp'
    AS $$
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

COMMENT ON FUNCTION audit.purge_before(until date, keep_days integer, purge_previous text, purge_proof text, purge_hash text, purge_first bigint, purge_last bigint) IS 'Removes the oldest rankings, of days before `until` only and never younger than 180 days, and writes where the chain starts since';

CREATE FUNCTION directory.address_fingerprint(number text, suffix text, street_type text, street_name text, locality text, postal_code text, office text) RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  SELECT md5(btrim(regexp_replace(
    lower(unaccent(concat_ws(' ', number, suffix, street_type, street_name, locality, postal_code, office))),
    '[^a-z0-9]+', ' ', 'g'
  )))::uuid
$$;

COMMENT ON FUNCTION directory.address_fingerprint(number text, suffix text, street_type text, street_name text, locality text, postal_code text, office text) IS 'md5 of the address as written, without case, accents and punctuation; without the complement (building, recipient) and the commune code, which change where nobody moves';

CREATE FUNCTION directory.address_text(number text, suffix text, street_type text, street_name text, locality text, postal_code text, office text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  SELECT concat_ws(' ', nullif(number, ''), nullif(suffix, ''), nullif(street_type, ''), nullif(street_name, ''),
    nullif(locality, ''), CASE WHEN starts_with(office, postal_code) THEN NULL ELSE nullif(postal_code, '') END,
    nullif(office, ''))
$$;

COMMENT ON FUNCTION directory.address_text(number text, suffix text, street_type text, street_name text, locality text, postal_code text, office text) IS 'The address as written, on one line';

CREATE FUNCTION directory.doubt_rank(doubts text[]) RETURNS smallint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  SELECT CASE
    WHEN doubts[1] IS NULL THEN NULL
    WHEN doubts[1] = 'no-position' THEN 1
    WHEN doubts[1] IN ('official-refused', 'official-far-from-ours', 'official-beyond-commune') THEN 2
    WHEN doubts[1] IN ('shared-point', 'street-not-found', 'commune-only', 'commune-point') THEN 3
    WHEN doubts[1] IN ('unknown-commune', 'commune-contradiction', 'low-score') THEN 4
    ELSE 5
  END::smallint
$$;

COMMENT ON FUNCTION directory.doubt_rank(doubts text[]) IS 'How bad the worst doubt is: 1 = the place is in no search, 2 = two sources contradict one another, 3 = known to its commune only, 4 = perhaps another street or commune, 5 = some numbers away';

CREATE FUNCTION directory.keep_name_words() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  INSERT INTO directory.name_word (word, sound, misses)
  SELECT word, directory.name_sound(word), directory.name_misses(word)
  FROM (
    SELECT DISTINCT unnest(directory.name_words(family_name, given_name)) AS word
    FROM (SELECT DISTINCT family_name, '' AS given_name FROM written UNION SELECT '', given_name FROM written) AS names
  ) AS words
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION directory.keep_name_words() IS 'Adds the words of the names just written to directory.name_word';

CREATE FUNCTION directory.name_misses(word text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT array_agg(DISTINCT ("left"(name_misses.word, (missing.missing - 1)) || substr(name_misses.word, (missing.missing + 1)))) AS array_agg FROM generate_series(1, (length(name_misses.word) + 1)) missing(missing));

COMMENT ON FUNCTION directory.name_misses(word text) IS 'A word, and what is left of it without each of its letters: two words that differ by one letter typed wrong, too many, missing or exchanged with its neighbour have one of these in common';

CREATE FUNCTION directory.name_sound(word text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN regexp_replace(regexp_replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(word, 'ph'::text, 'f'::text), 'sch'::text, 'ch'::text), 'th'::text, 't'::text), 'qu'::text, 'k'::text), 'ck'::text, 'k'::text), 'eau'::text, 'o'::text), 'au'::text, 'o'::text), 'ai'::text, 'e'::text), 'ei'::text, 'e'::text), 'y'::text, 'i'::text), 'c'::text, 'k'::text), 'q'::text, 'k'::text), 'z'::text, 's'::text), 'w'::text, 'v'::text), 'h'::text, ''::text), 'x'::text, 's'::text), '(.)\1+'::text, '\1'::text, 'g'::text), '(?<=..)[estd]+$'::text, ''::text);

COMMENT ON FUNCTION directory.name_sound(word text) IS 'A word of a name about as it is heard: letters that sound alike are one, doubled and mute ones are gone';

CREATE FUNCTION directory.name_words(family_name text, given_name text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN array_remove(string_to_array(regexp_replace(lower(public.unaccent('public.unaccent'::regdictionary, ((family_name || ' '::text) || given_name))), '[^a-z0-9]+'::text, ' '::text, 'g'::text), ' '::text), ''::text);

COMMENT ON FUNCTION directory.name_words(family_name text, given_name text) IS 'Words of a name, lower case, without accents, parted at anything that is no letter';

CREATE FUNCTION directory.position_doubts(citycode text, position_level text, position_source text, position_score real, position_reason text, other_source text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  SELECT CASE WHEN position_source = 'manual' THEN NULL ELSE nullif(array_remove(ARRAY[
    CASE WHEN position_level = 'none' THEN 'no-position' END,
    CASE
      WHEN other_source = 'finess' AND position_reason LIKE '%outside-%' THEN 'official-refused'
      WHEN other_source = 'ban' THEN 'official-far-from-ours'
    END,
    CASE WHEN position_level = 'given' AND position_reason LIKE '%beyond-commune%' THEN 'official-beyond-commune' END,
    CASE
      WHEN position_level <> 'municipality' THEN NULL
      WHEN position_source = 'finess' AND position_reason LIKE '%shared-point%' THEN 'shared-point'
      WHEN position_reason LIKE '%street none%' AND position_reason NOT LIKE '%base-absent' THEN 'street-not-found'
      ELSE 'commune-only'
    END,
    CASE WHEN position_level = 'given' AND position_reason LIKE '%commune-point%' THEN 'commune-point' END,
    CASE WHEN citycode IS NULL THEN 'unknown-commune' END,
    CASE
      WHEN 'finess' IN (position_source, other_source) AND position_reason LIKE '%commune-by-text%'
        THEN 'commune-contradiction'
    END,
    CASE
      WHEN position_score < 0.7::real AND position_level IN ('housenumber', 'street', 'locality') THEN 'low-score'
    END,
    CASE
      WHEN position_level <> 'street' THEN NULL
      WHEN position_source = 'finess' AND position_reason LIKE '%shared-point%' THEN 'shared-street-point'
      WHEN position_reason LIKE '%number none' THEN 'number-not-found'
      WHEN position_reason LIKE '%number interpolated' THEN 'number-interpolated'
    END,
    CASE
      WHEN position_level = 'given' AND position_reason ~ 'axes-swapped|lambert-2|degrees|projection-mended'
        THEN 'coordinates-mended'
    END
  ], NULL), '{}') END
$$;

COMMENT ON FUNCTION directory.position_doubts(citycode text, position_level text, position_source text, position_score real, position_reason text, other_source text) IS 'Why a position is doubtful, worst first; null when it is not. Same codes, in the same order, as geo.doubt.DOUBTS';

CREATE FUNCTION map.family(codes text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
  SELECT CASE
    WHEN codes && ARRAY['SM26', 'SM53', 'SM54'] THEN 'gp'
    WHEN codes && ARRAY['40'] OR codes[1] LIKE 'SCD%' THEN 'dentist'
    WHEN codes && ARRAY['60', '69'] THEN 'nurse'
    WHEN codes && ARRAY['70'] THEN 'physio'
    WHEN codes && ARRAY['50'] THEN 'midwife'
    WHEN codes && ARRAY['21', '620', '628', '629'] OR codes[1] LIKE 'SP%' THEN 'pharmacy'
    WHEN codes && ARRAY['124', '130', '289', '347', '439', '603', '604'] THEN 'centre'
    WHEN codes && ARRAY['101', '106', '109', '114', '115', '122', '128', '129', '131', '141', '156', '161',
      '292', '355', '362', '365', '412', '425', '430', '444'] THEN 'hospital'
    WHEN codes && ARRAY['610', '611', '612', '638'] THEN 'laboratory'
    WHEN codes[1] LIKE 'SM%' OR codes[1] LIKE 'SI%' OR codes[1] LIKE 'SC%' OR codes && ARRAY['10'] THEN 'specialist'
    WHEN codes[1] ~ '^[0-9]{2}$' THEN 'allied'
    ELSE 'other'
  END
$_$;

COMMENT ON FUNCTION map.family(codes text[]) IS 'Family of care of an offer, from its codes (savoir-faire, profession, FINESS category); same keys as maps.legend.FAMILIES';

CREATE FUNCTION map.refresh() RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
  points bigint;
BEGIN
  DELETE FROM map.offer_point;
  DELETE FROM map.offer_group;
  INSERT INTO map.offer_point (offer_id, family, geom)
  SELECT o.offer_id, map.family(o.specialty_codes),
    ST_Transform(ST_SetSRID(ST_MakePoint(a.lon, a.lat), 4326), 3857)
  FROM directory.offer AS o
  JOIN directory.address AS a USING (address_id)
  WHERE a.lon IS NOT NULL AND a.lat BETWEEN -85 AND 85
  ORDER BY a.lon, a.lat, o.offer_id;
  GET DIAGNOSTICS points = ROW_COUNT;
  INSERT INTO map.offer_group (zoom, cell_x, cell_y, total, families, geom)
  WITH finest AS (
    SELECT
      floor((ST_X(geom) + 20037508.342789244) / 40075016.685578488 * 4096)::integer AS x,
      floor((20037508.342789244 - ST_Y(geom)) / 40075016.685578488 * 4096)::integer AS y,
      family, count(*)::integer AS n, sum(ST_X(geom)) AS sum_x, sum(ST_Y(geom)) AS sum_y
    FROM map.offer_point
    GROUP BY 1, 2, 3
  ), by_family AS (
    SELECT zoom, x >> (8 - zoom) AS cell_x, y >> (8 - zoom) AS cell_y, family,
      sum(n)::integer AS n, sum(sum_x) AS sum_x, sum(sum_y) AS sum_y
    FROM finest CROSS JOIN generate_series(0, 8) AS zoom
    GROUP BY 1, 2, 3, 4
  )
  SELECT zoom, cell_x, cell_y, sum(n), jsonb_object_agg(family, n ORDER BY family),
    ST_SetSRID(ST_MakePoint(sum(sum_x) / sum(n), sum(sum_y) / sum(n)), 3857)
  FROM by_family
  GROUP BY 1, 2, 3;
  RETURN points;
END
$$;

COMMENT ON FUNCTION map.refresh() IS 'To call at the end of a load of the directory, in its transaction';

CREATE FUNCTION territory.outside_commune(citycode text, point_lon double precision, point_lat double precision) RETURNS TABLE(outside_m double precision)
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $_$
  SELECT CASE
    WHEN $2 BETWEEN c.west AND c.east AND $3 BETWEEN c.south AND c.north THEN 0
    WHEN ST_Intersects(o.geom, ST_SetSRID(ST_MakePoint($2, $3), 4326)) THEN 0
    WHEN c.west IS NOT NULL THEN least(
      ST_DistanceSphere(
        ST_MakePoint($2, $3),
        ST_MakePoint(least(greatest($2, c.west), c.east), least(greatest($3, c.south), c.north))
      ),
      ST_Distance(o.geom::geography, ST_SetSRID(ST_MakePoint($2, $3), 4326)::geography)
    )
    WHEN ST_DWithin(o.geom::geography, ST_SetSRID(ST_MakePoint(c.lon, c.lat), 4326)::geography, 500)
      THEN ST_Distance(o.geom::geography, ST_SetSRID(ST_MakePoint($2, $3), 4326)::geography)
    WHEN c.lon IS NOT NULL THEN greatest(
      0,
      ST_DistanceSphere(ST_MakePoint($2, $3), ST_MakePoint(c.lon, c.lat))
        - CASE WHEN c.department_code = '973' THEN 150000 ELSE 40000 END
    )
  END
  FROM territory.commune AS c
  LEFT JOIN territory.outline AS o ON o.level = 'commune' AND o.code = c.citycode
  WHERE c.citycode = $1
$_$;

COMMENT ON FUNCTION territory.outside_commune(citycode text, point_lon double precision, point_lat double precision) IS 'Metres between a point (degrees, EPSG:4326) and a commune, 0 inside: outside of its extent and of its outline, since simplified outlines cut addresses off; without an extent the outline alone, where the centre stands in it; else beyond 40 km of the centre (150 in Guyane). No row for an unknown commune, null without any measure';

CREATE TABLE agenda.booking (
    booking_id uuid NOT NULL,
    slot_id uuid NOT NULL,
    occurs_on date NOT NULL,
    start_at timestamp with time zone NOT NULL,
    modality text NOT NULL,
    state text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    made_by text NOT NULL,
    cancelled_at timestamp with time zone,
    cancelled_by text,
    CONSTRAINT booking_state_check CHECK ((state = ANY (ARRAY['booked'::text, 'cancelled'::text])))
);

COMMENT ON TABLE agenda.booking IS 'One patient sent to a slot: when and by whom, never who';

COMMENT ON COLUMN agenda.booking.booking_id IS 'Given by the caller: the same request twice takes one place';

CREATE TABLE agenda.calendar (
    offer_id uuid NOT NULL,
    timezone text NOT NULL,
    idnps text,
    finess text,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE agenda.calendar IS 'One calendar per place (directory.offer), made with its first slot; kept when the place leaves the directory';

COMMENT ON COLUMN agenda.calendar.timezone IS 'IANA zone of the place, in which every local date and time of the calendar is written';

COMMENT ON COLUMN agenda.calendar.idnps IS 'Practitioner of the place, for the count of hours; null for a structure';

CREATE TABLE agenda.change (
    change_id bigint NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    offer_id uuid NOT NULL,
    slot_id uuid,
    before jsonb,
    after jsonb
);

COMMENT ON TABLE agenda.change IS 'Who changed a calendar, when, what: added to, never rewritten';

ALTER TABLE agenda.change ALTER COLUMN change_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME agenda.change_change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE agenda.closed_week (
    week date NOT NULL,
    counted_at timestamp with time zone NOT NULL,
    vendor_rows bigint NOT NULL,
    CONSTRAINT closed_week_week_check CHECK ((EXTRACT(isodow FROM week) = (1)::numeric))
);

COMMENT ON TABLE agenda.closed_week IS 'Weeks that were counted: in any other, how much somebody published is unknown, not none';

COMMENT ON COLUMN agenda.closed_week.vendor_rows IS 'Practitioners for whom a vendor published something; 0 = vendors were not read that week';

CREATE TABLE agenda.exclusion (
    slot_id uuid NOT NULL,
    occurs_on date NOT NULL
);

COMMENT ON TABLE agenda.exclusion IS 'Days taken out of a weekly series: deleted, or replaced by a dated slot';

CREATE TABLE agenda.published_slot (
    idnps text NOT NULL,
    start_at timestamp with time zone NOT NULL,
    end_at timestamp with time zone NOT NULL,
    source text NOT NULL,
    timezone text NOT NULL,
    first_seen_at timestamp with time zone NOT NULL,
    CONSTRAINT published_slot_check CHECK ((end_at > start_at))
);

COMMENT ON TABLE agenda.published_slot IS 'Times a vendor published at least once: practitioner, start, end, source, nothing else; removed once its week is counted';

CREATE TABLE agenda.slot (
    slot_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    starts_on date NOT NULL,
    until date,
    weekdays smallint[] NOT NULL,
    start_local time without time zone NOT NULL,
    end_local time without time zone NOT NULL,
    form text NOT NULL,
    capacity smallint NOT NULL,
    modalities text[] NOT NULL,
    visibility text[] NOT NULL,
    previous_slot_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT slot_check CHECK ((end_local > start_local)),
    CONSTRAINT slot_check1 CHECK (((capacity >= 1) AND ((form = 'range'::text) OR (capacity = 1)))),
    CONSTRAINT slot_check2 CHECK ((until >= starts_on)),
    CONSTRAINT slot_check3 CHECK (((cardinality(weekdays) > 0) OR (until = starts_on))),
    CONSTRAINT slot_form_check CHECK ((form = ANY (ARRAY['single'::text, 'range'::text]))),
    CONSTRAINT slot_modalities_check CHECK (((cardinality(modalities) >= 1) AND (modalities <@ ARRAY['AMB'::text, 'HH'::text, 'VR'::text]))),
    CONSTRAINT slot_visibility_check CHECK (((cardinality(visibility) >= 1) AND (visibility <@ ARRAY['CPTS'::text, 'PRO'::text, 'PUBLIC'::text, 'SNP'::text])))
);

COMMENT ON TABLE agenda.slot IS 'Dated slots and weekly series, in the local time of the calendar';

COMMENT ON COLUMN agenda.slot.until IS 'Last local day, included; null = no end; equal to starts_on when dated';

COMMENT ON COLUMN agenda.slot.weekdays IS 'ISO numbers (Monday 1) of a weekly series; empty when dated';

COMMENT ON COLUMN agenda.slot.form IS 'single = créneau (one patient), range = plage (several)';

COMMENT ON COLUMN agenda.slot.visibility IS 'Codes of TRE_R314; what is reserved has none and is never stored';

COMMENT ON COLUMN agenda.slot.previous_slot_id IS 'Series or occurrence this slot replaces from starts_on on';

CREATE TABLE agenda.unavailability (
    unavailability_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    first_on date NOT NULL,
    last_on date,
    CONSTRAINT unavailability_check CHECK ((last_on >= first_on))
);

COMMENT ON TABLE agenda.unavailability IS 'Whole local days without slots; last_on null = until switched off';

CREATE TABLE agenda.week_hours (
    idnps text NOT NULL,
    week date NOT NULL,
    sas_min integer NOT NULL,
    vendor_min integer NOT NULL,
    total_min integer NOT NULL,
    counted_at timestamp with time zone NOT NULL,
    CONSTRAINT week_hours_check CHECK ((total_min <= (sas_min + vendor_min))),
    CONSTRAINT week_hours_week_check CHECK ((EXTRACT(isodow FROM week) = (1)::numeric))
);

COMMENT ON TABLE agenda.week_hours IS 'Minutes of care published in an ISO week that is over (week = its Monday); time covered twice counts once in total_min';

CREATE TABLE appointment.appointment (
    appointment_id uuid NOT NULL,
    editor text NOT NULL,
    value text NOT NULL,
    category text NOT NULL,
    status text NOT NULL,
    start_at timestamp with time zone NOT NULL,
    end_at timestamp with time zone NOT NULL,
    booked_at timestamp with time zone,
    idnps text,
    participant_status text NOT NULL,
    regulator_kind text NOT NULL,
    regulator text NOT NULL,
    regulator_unresolved boolean NOT NULL,
    created_hash text NOT NULL,
    content_hash text NOT NULL,
    version integer NOT NULL,
    received_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT appointment_category_check CHECK ((category = ANY (ARRAY['PS'::text, 'SOS'::text, 'PDM'::text]))),
    CONSTRAINT appointment_check CHECK ((end_at > start_at)),
    CONSTRAINT appointment_regulator_kind_check CHECK ((regulator_kind = ANY (ARRAY['IDNPS'::text, 'INTRN'::text]))),
    CONSTRAINT appointment_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'booked'::text, 'fulfilled'::text, 'noshow'::text, 'cancelled'::text])))
);

COMMENT ON TABLE appointment.appointment IS 'Last state of each appointment; a vendor''s identifier names one';

COMMENT ON COLUMN appointment.appointment.idnps IS 'Practitioner who sees the patient; null while not known';

COMMENT ON COLUMN appointment.appointment.regulator IS 'As given to the vendor by INT_R02: IDNPS, or the technical UUID (INTRN)';

COMMENT ON COLUMN appointment.appointment.regulator_unresolved IS 'No account of the platform has this identifier: kept all the same';

COMMENT ON COLUMN appointment.appointment.created_hash IS 'Digest of what was kept at creation: the same report again is a replay';

COMMENT ON COLUMN appointment.appointment.content_hash IS 'Digest of what is kept now; never of the body received, which may have held more';

CREATE TABLE appointment.event (
    event_id bigint NOT NULL,
    appointment_id uuid NOT NULL,
    received_at timestamp with time zone NOT NULL,
    method text NOT NULL,
    status text NOT NULL,
    content_hash text NOT NULL,
    CONSTRAINT event_method_check CHECK ((method = ANY (ARRAY['create'::text, 'update'::text])))
);

COMMENT ON TABLE appointment.event IS 'History of each appointment: added to, never rewritten';

ALTER TABLE appointment.event ALTER COLUMN event_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME appointment.event_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE appointment.outbox (
    message_id bigint NOT NULL,
    appointment_id uuid NOT NULL,
    method text NOT NULL,
    content jsonb NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    waits_for text,
    attempts integer DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone NOT NULL,
    resends integer DEFAULT 0 NOT NULL,
    distribution_id text,
    sent_at timestamp with time zone,
    error_code integer,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT outbox_method_check CHECK ((method = ANY (ARRAY['CreateAppointment'::text, 'UpdateAppointment'::text]))),
    CONSTRAINT outbox_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'confirmed'::text, 'acknowledged'::text, 'failed'::text]))),
    CONSTRAINT outbox_waits_for_check CHECK ((waits_for = ANY (ARRAY['hub'::text, 'regulator'::text])))
);

COMMENT ON TABLE appointment.outbox IS 'Messages for the regulation software, written with the appointment in one transaction: none is lost while the hub is down';

COMMENT ON COLUMN appointment.outbox.content IS 'The appointment as it was then, without the names of anybody';

COMMENT ON COLUMN appointment.outbox.waits_for IS 'Why it was not sent at the last attempt: the hub was down, the regulator has no account';

ALTER TABLE appointment.outbox ALTER COLUMN message_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME appointment.outbox_message_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE appointment.sender (
    editor text NOT NULL,
    certificate_cn text NOT NULL,
    certificate_ou text NOT NULL,
    identifier_system text NOT NULL,
    active boolean DEFAULT true NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    changed_by text NOT NULL,
    CONSTRAINT sender_editor_check CHECK ((editor ~ '^[a-z0-9][a-z0-9-]{0,59}$'::text))
);

COMMENT ON TABLE appointment.sender IS 'Vendors who may report appointments, by the subject of their client certificate';

COMMENT ON COLUMN appointment.sender.identifier_system IS 'System of the identifiers of their appointments: an OID (urn:oid:…) or an address of theirs';

CREATE TABLE audit.exposure (
    day date NOT NULL,
    specialty text NOT NULL,
    offer_id uuid NOT NULL,
    shown integer NOT NULL,
    exposure bigint NOT NULL,
    CONSTRAINT exposure_exposure_check CHECK ((exposure >= 0)),
    CONSTRAINT exposure_shown_check CHECK ((shown >= 10))
);

COMMENT ON TABLE audit.exposure IS 'How often offers were shown, in lots of ten searches at least: fewer would point at one search; to be summed';

COMMENT ON COLUMN audit.exposure.exposure IS 'Sum of round(1000 / log2(1 + rank)) over the searches of the lot';

CREATE TABLE audit.purge (
    purge_id bigint NOT NULL,
    before date NOT NULL,
    first_id bigint NOT NULL,
    last_id bigint NOT NULL,
    hash text NOT NULL,
    previous text NOT NULL,
    proof text NOT NULL,
    purged_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT purge_check CHECK ((last_id >= first_id))
);

COMMENT ON TABLE audit.purge IS 'Rankings removed because of their age, and where the chain starts since';

COMMENT ON COLUMN audit.purge.before IS 'Every ranking removed is of a day before this one';

COMMENT ON COLUMN audit.purge.hash IS 'Digest of the last ranking removed: the previous of the first that stays';

COMMENT ON COLUMN audit.purge.previous IS 'Proof of the purge before; sixty-four zeros before the first';

COMMENT ON COLUMN audit.purge.proof IS 'SHA-256 of previous, a line feed, and first_id, last_id, hash and before as JSON with sorted names';

ALTER TABLE audit.purge ALTER COLUMN purge_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME audit.purge_purge_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE audit.ranking (
    ranking_id bigint NOT NULL,
    day date NOT NULL,
    policy text NOT NULL,
    policy_digest text NOT NULL,
    seed text NOT NULL,
    specialty text NOT NULL,
    area text NOT NULL,
    total integer NOT NULL,
    page smallint NOT NULL,
    candidates bytea NOT NULL,
    previous text NOT NULL,
    hash text NOT NULL,
    CONSTRAINT ranking_area_check CHECK ((area ~ '^(cell:[0-9a-f]{15}|department:[0-9AB]{2,3})$'::text)),
    CONSTRAINT ranking_candidates_check CHECK ((((octet_length(candidates) % 26) = 0) AND (octet_length(candidates) <= 2600))),
    CONSTRAINT ranking_check CHECK (((octet_length(candidates) / 26) <= total)),
    CONSTRAINT ranking_hash_check CHECK ((hash ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT ranking_page_check CHECK (((page >= 1) AND (page <= 100))),
    CONSTRAINT ranking_policy_digest_check CHECK ((policy_digest ~ '^[0-9a-f]{64}$'::text))
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

CREATE TABLE audit.report (
    report_id bigint NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    report jsonb NOT NULL
);

COMMENT ON TABLE audit.report IS 'Reports of neutrality published: the last one is shown on /neutralite';

ALTER TABLE audit.report ALTER COLUMN report_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME audit.report_report_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE audit.skipped (
    day date NOT NULL,
    reason text NOT NULL,
    count bigint NOT NULL,
    CONSTRAINT skipped_count_check CHECK ((count > 0)),
    CONSTRAINT skipped_reason_check CHECK ((reason = ANY (ARRAY['rate'::text, 'queue'::text, 'storage'::text, 'seed'::text, 'invalid'::text, 'few'::text])))
);

COMMENT ON TABLE audit.skipped IS 'What was not kept, never silently; to be summed';

COMMENT ON COLUMN audit.skipped.reason IS 'rate = more than the bound per second; queue = writing was late; storage = the database refused; seed = given by the caller; invalid = not of the form of a record; few = shown less than ten times in a day by one process';

CREATE TABLE directory.address (
    address_id uuid NOT NULL,
    complement text DEFAULT ''::text NOT NULL,
    number text DEFAULT ''::text NOT NULL,
    suffix text DEFAULT ''::text NOT NULL,
    street_type text DEFAULT ''::text NOT NULL,
    street_name text DEFAULT ''::text NOT NULL,
    locality text DEFAULT ''::text NOT NULL,
    postal_code text DEFAULT ''::text NOT NULL,
    office text DEFAULT ''::text NOT NULL,
    source_citycode text DEFAULT ''::text NOT NULL,
    citycode text,
    department_code text,
    lon double precision,
    lat double precision,
    position_level text DEFAULT 'none'::text NOT NULL,
    position_score real,
    position_source text,
    position_srid integer,
    position_reason text,
    geocoded_with bigint,
    other_lon double precision,
    other_lat double precision,
    other_source text,
    other_level text,
    other_score real,
    apart_m real,
    position_doubts text[] GENERATED ALWAYS AS (directory.position_doubts(citycode, position_level, position_source, position_score, position_reason, other_source)) STORED,
    corrects uuid,
    corrects_for text,
    CONSTRAINT address_other_source_check CHECK ((other_source = ANY (ARRAY['finess'::text, 'ban'::text]))),
    CONSTRAINT address_position_level_check CHECK ((position_level = ANY (ARRAY['given'::text, 'housenumber'::text, 'street'::text, 'locality'::text, 'municipality'::text, 'none'::text])))
);

ALTER TABLE directory.address OWNER TO sas_loader;

COMMENT ON COLUMN directory.address.address_id IS 'md5 of the nine address fields (and of the official coordinates when given): distinct addresses are geocoded once';

COMMENT ON COLUMN directory.address.citycode IS 'Present INSEE code after resolution (arrondissement in Paris, Lyon, Marseille)';

COMMENT ON COLUMN directory.address.lon IS 'Longitude, degrees, EPSG:4326';

COMMENT ON COLUMN directory.address.position_level IS 'How the position was found; given = official coordinates kept; none = not located';

COMMENT ON COLUMN directory.address.position_srid IS 'EPSG code of the projection the official coordinates were read in';

COMMENT ON COLUMN directory.address.geocoded_with IS 'run_id of the BAN load the address was geocoded with; null = never';

COMMENT ON COLUMN directory.address.other_lon IS 'Where another source places the address, when it contradicts the position kept; degrees, EPSG:4326';

COMMENT ON COLUMN directory.address.other_source IS 'finess = official coordinates refused; ban = our geocoding, beside official coordinates kept';

COMMENT ON COLUMN directory.address.apart_m IS 'Metres between both positions; to the nearest part of the street when ours is of level street';

COMMENT ON COLUMN directory.address.position_doubts IS 'Why the position is doubtful, worst first; null when it is not';

COMMENT ON COLUMN directory.address.corrects IS 'Address as the sources write it that this one stands for, put right by hand; null for an address of the sources';

COMMENT ON COLUMN directory.address.corrects_for IS 'FINESS or IDNPS of the only place that moved here; null when all those of the address did, since it has a number and a street';

CREATE TABLE directory.name_word (
    word text NOT NULL COLLATE pg_catalog."C",
    sound text NOT NULL COLLATE pg_catalog."C",
    misses text[] NOT NULL COLLATE pg_catalog."C"
);

ALTER TABLE directory.name_word OWNER TO sas_loader;

COMMENT ON TABLE directory.name_word IS 'Distinct words of the names of directory.practitioner; one that nobody bears any more does no harm';

COMMENT ON COLUMN directory.name_word.misses IS 'directory.name_misses(word)';

CREATE TABLE directory.offer (
    offer_id uuid NOT NULL,
    kind text NOT NULL,
    source text NOT NULL,
    idnps text,
    finess text,
    siret text,
    linked_finess text,
    structure_key text,
    structure_name text,
    name text NOT NULL,
    specialty_codes text[] NOT NULL,
    mode_code text,
    sector_code text,
    address_id uuid NOT NULL,
    own_address_id uuid NOT NULL,
    phone text,
    mssante text,
    source_file text NOT NULL,
    source_line bigint NOT NULL,
    source_date date,
    content_hash uuid NOT NULL,
    run_id bigint NOT NULL,
    CONSTRAINT offer_kind_check CHECK ((kind = ANY (ARRAY['practitioner'::text, 'structure'::text]))),
    CONSTRAINT offer_source_check CHECK ((source = ANY (ARRAY['annuaire'::text, 'finess'::text])))
);

ALTER TABLE directory.offer OWNER TO sas_loader;

COMMENT ON TABLE directory.offer IS 'One sheet per practitioner and place of practice, or per structure that gives care';

COMMENT ON COLUMN directory.offer.offer_id IS 'md5 of the source and of the key of the place (IDNPS, structure, mode, sector; or FINESS): stable over loads';

COMMENT ON COLUMN directory.offer.finess IS 'FINESS number of the place as the source gives it';

COMMENT ON COLUMN directory.offer.linked_finess IS 'Row of directory.structure this place stands in: same FINESS number, else the only one with its SIRET';

COMMENT ON COLUMN directory.offer.specialty_codes IS 'Codes as in the source, sorted: savoir-faire, else profession; category for a structure';

COMMENT ON COLUMN directory.offer.address_id IS 'Address shown and searched: that of the linked structure when both name one commune, else own_address_id';

COMMENT ON COLUMN directory.offer.own_address_id IS 'Address as the source of the offer writes it';

COMMENT ON COLUMN directory.offer.phone IS 'E.164, or a short code as it is';

COMMENT ON COLUMN directory.offer.mssante IS 'Secure professional mail address of the person at this place';

COMMENT ON COLUMN directory.offer.content_hash IS 'md5 of every column that comes from the source: what the difference compares';

CREATE TABLE directory.offer_change (
    offer_id uuid NOT NULL,
    run_id bigint NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    before jsonb NOT NULL
);

ALTER TABLE directory.offer_change OWNER TO sas_loader;

COMMENT ON TABLE directory.offer_change IS 'History of each place: the former values of the fields a load changed; goes with the offer';

CREATE TABLE directory.offer_specialty (
    specialty_id integer NOT NULL,
    offer_id uuid NOT NULL,
    department_code text NOT NULL,
    location public.geography(Point,4326) NOT NULL
);

ALTER TABLE directory.offer_specialty OWNER TO sas_loader;

COMMENT ON TABLE directory.offer_specialty IS 'What a search walks through: one row per located offer and group of specialties';

COMMENT ON COLUMN directory.offer_specialty.specialty_id IS 'Head of the group (directory.specialty.group_id)';

CREATE TABLE directory.position_correction (
    correction_id bigint NOT NULL,
    finess text,
    idnps text,
    fingerprint uuid NOT NULL,
    address text NOT NULL,
    lon double precision NOT NULL,
    lat double precision NOT NULL,
    level text NOT NULL,
    reason text NOT NULL,
    author text NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    outside_m real,
    CONSTRAINT position_correction_check CHECK (((finess IS NULL) <> (idnps IS NULL))),
    CONSTRAINT position_correction_lat_check CHECK (((lat >= ('-90'::integer)::double precision) AND (lat <= (90)::double precision))),
    CONSTRAINT position_correction_level_check CHECK ((level = ANY (ARRAY['housenumber'::text, 'street'::text, 'locality'::text]))),
    CONSTRAINT position_correction_lon_check CHECK (((lon >= ('-180'::integer)::double precision) AND (lon <= (180)::double precision)))
);

COMMENT ON TABLE directory.position_correction IS 'Positions put right by hand, by place and address; survive the loads';

COMMENT ON COLUMN directory.position_correction.idnps IS 'Person of the Annuaire, when the place is not an establishment; the correction leaves with the person';

COMMENT ON COLUMN directory.position_correction.fingerprint IS 'directory.address_fingerprint of the address it was made for: it does not apply to another';

COMMENT ON COLUMN directory.position_correction.address IS 'That address, for people';

COMMENT ON COLUMN directory.position_correction.lon IS 'Longitude, degrees, EPSG:4326';

COMMENT ON COLUMN directory.position_correction.reason IS 'Why, in the words of who made it';

COMMENT ON COLUMN directory.position_correction.author IS 'A role or a free label; no name is asked';

COMMENT ON COLUMN directory.position_correction.outside_m IS 'Metres outside of the commune when it was made, if it was forced';

ALTER TABLE directory.position_correction ALTER COLUMN correction_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME directory.position_correction_correction_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE directory.practitioner (
    idnps text NOT NULL,
    rpps text,
    title text DEFAULT ''::text NOT NULL,
    family_name text NOT NULL,
    given_name text NOT NULL,
    profession_code text NOT NULL
);

ALTER TABLE directory.practitioner OWNER TO sas_loader;

COMMENT ON TABLE directory.practitioner IS 'People with at least one place of practice; who leaves the files leaves this table';

CREATE TABLE directory.specialty (
    specialty_id integer NOT NULL,
    code text NOT NULL,
    label text NOT NULL,
    kind text NOT NULL,
    group_id integer NOT NULL,
    CONSTRAINT specialty_kind_check CHECK ((kind = ANY (ARRAY['specialty'::text, 'profession'::text, 'structure'::text])))
);

COMMENT ON TABLE directory.specialty IS 'Filled from care/nomenclatures by the migration step: savoir-faire (SM54), professions (60), FINESS categories (620)';

COMMENT ON COLUMN directory.specialty.group_id IS 'specialty_id of the head of the group: generations of codes of one discipline are searched together';

CREATE TABLE directory.structure (
    finess text NOT NULL,
    finess_ej text,
    siret text,
    name text NOT NULL,
    category_code text,
    category_label text,
    address_id uuid NOT NULL,
    phone text,
    opened_on date,
    closed_on date,
    source_file text NOT NULL,
    source_line bigint NOT NULL,
    source_date date,
    content_hash uuid NOT NULL,
    run_id bigint NOT NULL
);

ALTER TABLE directory.structure OWNER TO sas_loader;

CREATE TABLE editor.availability (
    practitioner_id text NOT NULL,
    slug text NOT NULL,
    next_start timestamp with time zone,
    slot_count integer NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    asked_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE editor.availability IS 'Practitioners that a vendor was seen to keep the agenda of; goes seven days after the last free slot seen';

COMMENT ON COLUMN editor.availability.practitioner_id IS 'IDNPS: 8 + RPPS, 0 + ADELI';

COMMENT ON COLUMN editor.availability.next_start IS 'Next free slot when asked; null: none in the window';

COMMENT ON COLUMN editor.availability.seen_at IS 'Last time a free slot was seen';

COMMENT ON COLUMN editor.availability.asked_at IS 'Last time the vendor answered about this practitioner: the age of what is known';

CREATE TABLE editor.change (
    change_id bigint NOT NULL,
    slug text NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    before jsonb,
    after jsonb
);

COMMENT ON TABLE editor.change IS 'What was changed in the records, and when: null before = added, null after = removed';

ALTER TABLE editor.change ALTER COLUMN change_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME editor.change_change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE editor.editor (
    slug text NOT NULL,
    name text NOT NULL,
    base_url text NOT NULL,
    flows text[] NOT NULL,
    state text DEFAULT 'on'::text NOT NULL,
    booking boolean DEFAULT true NOT NULL,
    booking_hosts text[] DEFAULT '{}'::text[] NOT NULL,
    certificate text,
    private_key text,
    authority text,
    revocations text,
    expected_cn text,
    expected_ou text,
    max_concurrent integer DEFAULT 16 NOT NULL,
    rate_per_s double precision DEFAULT 20 NOT NULL,
    sandbox boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT editor_flows_check CHECK (((cardinality(flows) > 0) AND (flows <@ ARRAY['agg-ps'::text, 'agg-cpts'::text, 'agg-sos'::text]))),
    CONSTRAINT editor_max_concurrent_check CHECK (((max_concurrent >= 1) AND (max_concurrent <= 256))),
    CONSTRAINT editor_rate_per_s_check CHECK (((rate_per_s > (0)::double precision) AND (rate_per_s <= (10000)::double precision))),
    CONSTRAINT editor_slug_check CHECK (((slug ~ '^[a-z][a-z0-9-]{0,39}$'::text) AND (slug <> 'sas'::text))),
    CONSTRAINT editor_state_check CHECK ((state = ANY (ARRAY['on'::text, 'off'::text])))
);

COMMENT ON COLUMN editor.editor.slug IS 'Short name: source of the slots in the answers';

COMMENT ON COLUMN editor.editor.base_url IS 'FHIR base, without final slash; https, unless sandbox';

COMMENT ON COLUMN editor.editor.flows IS 'agg-ps (INT_R01), agg-cpts (INT_R04: asked instead of agg-ps), agg-sos (SOS Médecins)';

COMMENT ON COLUMN editor.editor.booking_hosts IS 'Hosts its booking links may lead to; empty: the host of base_url only';

COMMENT ON COLUMN editor.editor.certificate IS 'Where our client certificate is (PEM): an absolute path, or env:NAME of a variable that holds the path';

COMMENT ON COLUMN editor.editor.private_key IS 'Where its key is, in the same form';

COMMENT ON COLUMN editor.editor.authority IS 'Authority that signs the server of the vendor, in the same form; null: those of the system';

COMMENT ON COLUMN editor.editor.revocations IS 'Revocation list (CRL, PEM) of that authority, in the same form; null: not checked';

COMMENT ON COLUMN editor.editor.expected_cn IS 'Common name the certificate of the server must carry; null: its host name only';

COMMENT ON COLUMN editor.editor.max_concurrent IS 'Most requests under way at once, for each process of ours';

COMMENT ON COLUMN editor.editor.rate_per_s IS 'Most requests per second: four fifths for searches (of each process), one fifth for the sweep';

COMMENT ON COLUMN editor.editor.sandbox IS 'Simulated vendor: plain http and private addresses are accepted';

CREATE TABLE editor.slot (
    practitioner_id text NOT NULL,
    slug text NOT NULL,
    start_at timestamp with time zone NOT NULL,
    place_key uuid NOT NULL,
    end_at timestamp with time zone NOT NULL,
    consultation_types text[] NOT NULL,
    visibility text[] NOT NULL,
    appointment_type text,
    booking_url text,
    structure_id text,
    line text,
    postal_code text,
    city text,
    offer_id uuid,
    place_guess boolean DEFAULT false NOT NULL
);

COMMENT ON TABLE editor.slot IS 'Free slots seen by the sweep: time, place, modality, visibility, link, nothing else; purged a day after their end (the count of hours keeps its own bare times)';

COMMENT ON COLUMN editor.slot.place_key IS 'md5 of the structure number and of the address as the vendor writes it';

COMMENT ON COLUMN editor.slot.consultation_types IS 'AMB (office), HH (home), VR (remote)';

COMMENT ON COLUMN editor.slot.offer_id IS 'Place of the directory the slot stands at, when the sweep recognised it; null: a place the vendor alone knows';

COMMENT ON COLUMN editor.slot.place_guess IS 'The place of the directory was recognised by its town only';

CREATE TABLE editor.sweep (
    slug text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    last_id text DEFAULT ''::text NOT NULL,
    asked integer DEFAULT 0 NOT NULL,
    failed integer DEFAULT 0 NOT NULL,
    slots integer DEFAULT 0 NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone
);

COMMENT ON TABLE editor.sweep IS 'How far the sweep of each vendor went; one that was cut goes on from last_id';

COMMENT ON COLUMN editor.sweep.asked IS 'Practitioners asked about in this pass';

COMMENT ON COLUMN editor.sweep.failed IS 'Practitioners of the batches the vendor did not answer: what was known of them stays, with its age';

CREATE TABLE geocoding.street (
    street_id bigint NOT NULL,
    ban_id text NOT NULL,
    kind text NOT NULL,
    department_code text NOT NULL,
    citycode text NOT NULL COLLATE pg_catalog."C",
    former_citycode text,
    former_name text,
    postal_code text,
    name text NOT NULL,
    street_type text DEFAULT ''::text NOT NULL,
    core text NOT NULL COLLATE pg_catalog."C",
    skeleton text NOT NULL COLLATE pg_catalog."C",
    lon double precision NOT NULL,
    lat double precision NOT NULL,
    extent box NOT NULL,
    numbers integer[] DEFAULT '{}'::integer[] NOT NULL,
    suffixes text[] DEFAULT '{}'::text[] NOT NULL,
    lons_e6 integer[] DEFAULT '{}'::integer[] NOT NULL,
    lats_e6 integer[] DEFAULT '{}'::integer[] NOT NULL,
    CONSTRAINT street_kind_check CHECK ((kind = ANY (ARRAY['street'::text, 'locality'::text])))
);

ALTER TABLE geocoding.street OWNER TO sas_loader;

COMMENT ON COLUMN geocoding.street.street_id IS 'Digest of ban_id, former commune and postal code: the same over loads';

COMMENT ON COLUMN geocoding.street.ban_id IS 'Identifier of the street in the BAN: INSEE code, underscore, street code';

COMMENT ON COLUMN geocoding.street.citycode IS 'INSEE code of the file; arrondissement in Paris, Lyon, Marseille';

COMMENT ON COLUMN geocoding.street.street_type IS 'Canonical type: geo.geocoding.normalise.street_key(name).type';

COMMENT ON COLUMN geocoding.street.core IS 'Folded words of the name without type, articles, titles expanded: geo.geocoding.normalise.core';

COMMENT ON COLUMN geocoding.street.skeleton IS 'Core reduced to a sound-like key, spaces removed: geo.geocoding.normalise.skeleton';

COMMENT ON COLUMN geocoding.street.lon IS 'Longitude of the number in the middle, degrees, EPSG:4326';

COMMENT ON COLUMN geocoding.street.extent IS 'Bounding box of the positions, degrees, EPSG:4326: (east, north), (west, south)';

COMMENT ON COLUMN geocoding.street.numbers IS 'Keys of the numbers, ascending: geo.geocoding.normalise.number_key (number × 2048 + index)';

COMMENT ON COLUMN geocoding.street.suffixes IS 'Repetition indices as the BAN spells them, same order as numbers; empty when no number has one';

COMMENT ON COLUMN geocoding.street.lons_e6 IS 'Longitudes of the numbers in millionths of a degree, same order as numbers';

COMMENT ON COLUMN geocoding.street.lats_e6 IS 'Latitudes of the numbers in millionths of a degree, same order as numbers';

CREATE TABLE geocoding.street_name (
    core text NOT NULL COLLATE pg_catalog."C",
    streets integer NOT NULL,
    citycodes text[] NOT NULL
);

ALTER TABLE geocoding.street_name OWNER TO sas_loader;

COMMENT ON TABLE geocoding.street_name IS 'Cores of the streets in service, counted again with each load';

COMMENT ON COLUMN geocoding.street_name.core IS 'As geocoding.street.core';

COMMENT ON COLUMN geocoding.street_name.streets IS 'How many streets bear it';

COMMENT ON COLUMN geocoding.street_name.citycodes IS 'INSEE codes of its communes, most inhabited first, 40 at most';

CREATE TABLE ingest.rejection (
    run_id bigint NOT NULL,
    stage text NOT NULL,
    file text NOT NULL,
    line bigint NOT NULL,
    reason text NOT NULL,
    detail text,
    raw text
);

COMMENT ON COLUMN ingest.rejection.stage IS 'Step of the load that refused the row: done again, its rejections are dropped first';

COMMENT ON COLUMN ingest.rejection.raw IS 'The row as read, cut at 2,000 characters; dropped with the next run of the same source';

CREATE TABLE ingest.run (
    run_id bigint NOT NULL,
    source text NOT NULL,
    state text NOT NULL,
    stage text DEFAULT 'read'::text NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    source_date date,
    files jsonb DEFAULT '[]'::jsonb NOT NULL,
    fingerprint text NOT NULL,
    counts jsonb DEFAULT '{}'::jsonb NOT NULL,
    error text,
    CONSTRAINT run_state_check CHECK ((state = ANY (ARRAY['running'::text, 'checked'::text, 'applied'::text, 'failed'::text])))
);

COMMENT ON COLUMN ingest.run.state IS 'checked = dry run complete, applied = in service, failed = stopped with error; running with a dead process = interrupted';

COMMENT ON COLUMN ingest.run.files IS '[{"name", "bytes", "sha256", "date"}]';

COMMENT ON COLUMN ingest.run.fingerprint IS 'Digest of the files and of the reader''s version: same fingerprint, same tables';

COMMENT ON COLUMN ingest.run.counts IS 'Counts at each stage: read, kept, rejected by reason, added, changed, removed, by position level…';

ALTER TABLE ingest.run ALTER COLUMN run_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ingest.run_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE map.offer_group (
    zoom smallint NOT NULL,
    cell_x integer NOT NULL,
    cell_y integer NOT NULL,
    total integer NOT NULL,
    families jsonb NOT NULL,
    geom public.geometry(Point,3857) NOT NULL
);

COMMENT ON TABLE map.offer_group IS 'Located offers counted on a grid of 16 × 16 cells per tile, zooms 0 to 8';

COMMENT ON COLUMN map.offer_group.cell_x IS 'Column of the grid of 16 × 2^zoom cells, from 180° W';

COMMENT ON COLUMN map.offer_group.cell_y IS 'Row of the same grid, from the north edge of the Web Mercator square';

COMMENT ON COLUMN map.offer_group.families IS 'Number of offers by family of care';

COMMENT ON COLUMN map.offer_group.geom IS 'Mean position of the offers of the cell';

CREATE TABLE map.offer_point (
    offer_id uuid NOT NULL,
    family text NOT NULL,
    geom public.geometry(Point,3857) NOT NULL
);

COMMENT ON TABLE map.offer_point IS 'One row per located offer, in Web Mercator metres; rewritten by map.refresh()';

CREATE VIEW participation.centre AS
 SELECT s.finess
   FROM ((directory.structure s
     JOIN directory.specialty k ON (((k.code = s.category_code) AND (k.kind = 'structure'::text))))
     JOIN directory.specialty head ON ((head.specialty_id = k.group_id)))
  WHERE (head.code = '124'::text);

COMMENT ON VIEW participation.centre IS 'Health centres (CDS): they declare for their practitioners';

CREATE TABLE participation.structure (
    kind text NOT NULL,
    number text NOT NULL,
    participating boolean NOT NULL,
    practitioners smallint,
    hours_declared boolean NOT NULL,
    phone text,
    information text DEFAULT ''::text NOT NULL,
    declared_at timestamp with time zone NOT NULL,
    declared_by text NOT NULL,
    CONSTRAINT structure_information_check CHECK ((length(information) <= 1000)),
    CONSTRAINT structure_kind_check CHECK ((kind = ANY (ARRAY['cds'::text, 'cpts'::text, 'sos'::text]))),
    CONSTRAINT structure_practitioners_check CHECK ((practitioners >= 1))
);

COMMENT ON TABLE participation.structure IS 'Present declaration of a centre (FINESS), a SOS association (SIRET), a CPTS (FINESS); an MSP declares nothing itself';

COMMENT ON COLUMN participation.structure.practitioners IS 'Practitioners of a centre who take part';

CREATE VIEW participation.contact AS
 SELECT structure.kind,
        CASE
            WHEN (structure.kind = 'sos'::text) THEN "left"(structure.number, 9)
            ELSE structure.number
        END AS number,
    structure.phone,
    structure.information
   FROM participation.structure;

COMMENT ON VIEW participation.contact IS 'How a structure that takes part asks to be reached';

CREATE TABLE participation.practitioner (
    idnps text NOT NULL,
    participating boolean NOT NULL,
    en_sus boolean NOT NULL,
    via text,
    finess text,
    siret text,
    offer_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    has_software boolean,
    vendors text[] DEFAULT '{}'::text[] NOT NULL,
    vendor_refused boolean NOT NULL,
    hours_declared boolean NOT NULL,
    fru boolean NOT NULL,
    declared_at timestamp with time zone NOT NULL,
    declared_by text NOT NULL,
    CONSTRAINT practitioner_check CHECK ((participating OR (NOT en_sus))),
    CONSTRAINT practitioner_check1 CHECK ((participating = (via IS NOT NULL))),
    CONSTRAINT practitioner_check2 CHECK (((NOT participating) OR ((via = ANY (ARRAY['cpts'::text, 'msp'::text])) = (finess IS NOT NULL)))),
    CONSTRAINT practitioner_check3 CHECK (((NOT participating) OR ((via = 'sos'::text) = (siret IS NOT NULL)))),
    CONSTRAINT practitioner_via_check CHECK ((via = ANY (ARRAY['individual'::text, 'cpts'::text, 'msp'::text, 'sos'::text])))
);

COMMENT ON TABLE participation.practitioner IS 'Present declaration of a practitioner; kept when the directory loses them';

COMMENT ON COLUMN participation.practitioner.en_sus IS 'Accepts to be contacted on top of published availability';

COMMENT ON COLUMN participation.practitioner.finess IS 'CPTS or MSP taken part through';

COMMENT ON COLUMN participation.practitioner.siret IS 'SOS Médecins association taken part through';

COMMENT ON COLUMN participation.practitioner.offer_ids IS 'Places concerned by the CPTS';

COMMENT ON COLUMN participation.practitioner.vendor_refused IS 'The agenda of the vendor must not be shown: the SAS calendar is';

COMMENT ON COLUMN participation.practitioner.hours_declared IS 'Declares on honour at least two hours a week';

COMMENT ON COLUMN participation.practitioner.fru IS 'Accepts patients redirected by emergency departments';

CREATE VIEW participation.offer AS
 SELECT o.offer_id,
    p.participating,
        CASE
            WHEN ((p.via = 'cpts'::text) AND (NOT (o.offer_id = ANY (p.offer_ids)))) THEN 'individual'::text
            ELSE p.via
        END AS via,
    (p.en_sus AND (p.via = ANY (ARRAY['individual'::text, 'cpts'::text]))) AS en_sus,
    p.vendor_refused,
    p.fru,
    p.declared_at
   FROM (directory.offer o
     JOIN participation.practitioner p USING (idnps))
  WHERE ((o.kind = 'practitioner'::text) AND (NOT (EXISTS ( SELECT
           FROM participation.centre c
          WHERE (c.finess = o.linked_finess)))))
UNION ALL
 SELECT o.offer_id,
    d.participating,
        CASE
            WHEN d.participating THEN 'cds'::text
            ELSE NULL::text
        END AS via,
    d.participating AS en_sus,
    false AS vendor_refused,
    false AS fru,
    d.declared_at
   FROM (directory.offer o
     JOIN participation.structure d ON (((d.kind = 'cds'::text) AND (d.number = o.finess))))
  WHERE (o.kind = 'structure'::text)
UNION ALL
 SELECT o.offer_id,
    d.participating,
        CASE
            WHEN d.participating THEN 'sos'::text
            ELSE NULL::text
        END AS via,
    d.participating AS en_sus,
    false AS vendor_refused,
    false AS fru,
    d.declared_at
   FROM (directory.offer o
     JOIN participation.structure d ON (((d.kind = 'sos'::text) AND ("left"(d.number, 9) = "left"(o.siret, 9)))))
  WHERE ((o.kind = 'structure'::text) AND (NOT (EXISTS ( SELECT
           FROM participation.structure c
          WHERE ((c.kind = 'cds'::text) AND (c.number = o.finess))))))
UNION ALL
 SELECT o.offer_id,
    through.participating,
    through.via,
    through.en_sus,
    false AS vendor_refused,
    through.fru,
    through.declared_at
   FROM (directory.offer o
     CROSS JOIN LATERAL ( SELECT true AS participating,
            min(p.via) AS via,
            bool_or(p.en_sus) AS en_sus,
            bool_or(p.fru) AS fru,
            max(p.declared_at) AS declared_at
           FROM participation.practitioner p
          WHERE ((p.finess = o.finess) AND p.participating AND (p.via = ANY (ARRAY['cpts'::text, 'msp'::text])))
         HAVING (count(*) > 0)) through)
  WHERE (o.kind = 'structure'::text);

COMMENT ON VIEW participation.offer IS 'What is declared for each sheet; a sheet without a row has no declaration: unknown, not no. A CPTS or MSP takes part as soon as one practitioner declares through it; a practitioner''s place in a centre is never flagged, the centre is';

COMMENT ON COLUMN participation.offer.via IS 'individual, cpts, msp, cds, sos; null when the declaration says no';

COMMENT ON COLUMN participation.offer.en_sus IS 'This sheet may be contacted on top of published availability; through an MSP or SOS Médecins, that of the structure is';

CREATE VIEW participation.gathering AS
 SELECT v.offer_id,
    v.via,
        CASE
            WHEN (v.via = 'sos'::text) THEN "left"(COALESCE(p.siret, o.siret), 9)
            ELSE COALESCE(p.finess, o.finess)
        END AS number
   FROM ((participation.offer v
     JOIN directory.offer o USING (offer_id))
     LEFT JOIN participation.practitioner p ON ((p.idnps = o.idnps)))
  WHERE (v.via = ANY (ARRAY['cpts'::text, 'msp'::text, 'sos'::text]));

COMMENT ON VIEW participation.gathering IS 'Those with whom an offer takes part: FINESS of the CPTS or MSP, SIREN of the SOS Médecins association';

CREATE TABLE participation.history (
    history_id bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    subject text NOT NULL,
    statement text NOT NULL,
    before jsonb,
    after jsonb NOT NULL,
    proof text NOT NULL
);

COMMENT ON TABLE participation.history IS 'Every declaration, added to, never rewritten';

COMMENT ON COLUMN participation.history.subject IS 'practitioner:8…, cds:…, cpts:…, sos:…';

COMMENT ON COLUMN participation.history.statement IS 'Version of the text accepted on honour';

COMMENT ON COLUMN participation.history.proof IS 'SHA-256 of the proof before and of this line: changing a line breaks all that follow (sas participation verify)';

ALTER TABLE participation.history ALTER COLUMN history_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME participation.history_history_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW participation.refusal AS
 SELECT practitioner.idnps
   FROM participation.practitioner
  WHERE practitioner.vendor_refused;

COMMENT ON VIEW participation.refusal IS 'Practitioners whose vendor agenda must not be shown';

CREATE TABLE territory.cedex (
    cedex_code text NOT NULL,
    citycode text NOT NULL,
    office text NOT NULL
);

CREATE TABLE territory.commune (
    citycode text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    name_folded text NOT NULL,
    department_code text NOT NULL,
    parent_citycode text,
    population integer,
    lon double precision,
    lat double precision,
    position_source text,
    west double precision,
    south double precision,
    east double precision,
    north double precision,
    CONSTRAINT commune_kind_check CHECK ((kind = ANY (ARRAY['COM'::text, 'ARM'::text, 'COLL'::text])))
);

COMMENT ON COLUMN territory.commune.citycode IS 'INSEE code; arrondissements of Paris, Lyon, Marseille have their own row (kind ARM)';

COMMENT ON COLUMN territory.commune.name_folded IS 'geo.geocoding.normalise.fold(name)';

COMMENT ON COLUMN territory.commune.parent_citycode IS '75056, 69123 or 13055 for an arrondissement, else null';

COMMENT ON COLUMN territory.commune.population IS 'Municipal population (PMUN)';

COMMENT ON COLUMN territory.commune.lon IS 'Longitude of the centre, degrees, EPSG:4326; null when unknown';

COMMENT ON COLUMN territory.commune.position_source IS 'Where the centre comes from: communes (given), postal (mean of its postal rows), former (commune it was part of), department (a point inside)';

COMMENT ON COLUMN territory.commune.west IS 'Extent of the commune and of those it has absorbed, degrees, EPSG:4326; null when the source gives none';

CREATE TABLE territory.department (
    department_code text NOT NULL,
    name text NOT NULL,
    region_code text,
    timezone text NOT NULL,
    srid integer NOT NULL
);

COMMENT ON COLUMN territory.department.department_code IS '01…95, 2A, 2B, 971…976, and collectivities 975, 977, 978, 986, 987, 988';

COMMENT ON COLUMN territory.department.timezone IS 'IANA zone of the department';

COMMENT ON COLUMN territory.department.srid IS 'EPSG code of the legal projection (metres)';

CREATE TABLE territory.former_commune (
    former_citycode text NOT NULL,
    former_name text NOT NULL,
    former_name_folded text NOT NULL,
    citycode text NOT NULL,
    ended_on date
);

COMMENT ON TABLE territory.former_commune IS 'Merged, renamed, delegated and associated communes, each with the present commune(s) that hold it';

CREATE TABLE territory.outline (
    level text NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    geom public.geometry(MultiPolygon,4326) NOT NULL,
    source text NOT NULL,
    CONSTRAINT outline_level_check CHECK ((level = ANY (ARRAY['department'::text, 'region'::text, 'commune'::text])))
);

CREATE TABLE territory.postal_code (
    postal_code text NOT NULL,
    citycode text NOT NULL,
    office text NOT NULL,
    office_folded text NOT NULL,
    locality text DEFAULT ''::text NOT NULL,
    lon double precision,
    lat double precision
);

COMMENT ON COLUMN territory.postal_code.office IS 'Delivery office (libellé d''acheminement)';

COMMENT ON COLUMN territory.postal_code.locality IS 'Ligne 5: former commune or locality';

COMMENT ON COLUMN territory.postal_code.lon IS 'Longitude given by La Poste for the commune, degrees, EPSG:4326; null when absent';

CREATE TABLE territory.region (
    region_code text NOT NULL,
    name text NOT NULL
);

CREATE TABLE territory.sas (
    sas_code text NOT NULL,
    name text NOT NULL,
    status text NOT NULL,
    since date,
    since_precision text,
    phone text,
    contact text,
    source text,
    source_date date,
    note text,
    CONSTRAINT sas_since_precision_check CHECK ((since_precision = ANY (ARRAY['day'::text, 'month'::text, 'quarter'::text, 'year'::text]))),
    CONSTRAINT sas_status_check CHECK ((status = ANY (ARRAY['operating'::text, 'preparing'::text, 'unknown'::text])))
);

COMMENT ON TABLE territory.sas IS 'Services d''accès aux soins; edited through `sas ingest deployment FILE`';

CREATE TABLE territory.sas_department (
    sas_code text NOT NULL,
    department_code text NOT NULL,
    part text DEFAULT ''::text NOT NULL
);

COMMENT ON COLUMN territory.sas_department.part IS 'Empty for the whole department, else the part covered ("Le Havre")';

CREATE TABLE territory.search_radius (
    department_code text NOT NULL,
    default_radius_km double precision,
    enlargement_km double precision
);

COMMENT ON COLUMN territory.search_radius.default_radius_km IS 'Starting radius of a search, km; null when the official table says 0 (unknown)';

ALTER TABLE ONLY agenda.booking
    ADD CONSTRAINT booking_pkey PRIMARY KEY (booking_id);

ALTER TABLE ONLY agenda.calendar
    ADD CONSTRAINT calendar_pkey PRIMARY KEY (offer_id);

ALTER TABLE ONLY agenda.change
    ADD CONSTRAINT change_pkey PRIMARY KEY (change_id);

ALTER TABLE ONLY agenda.closed_week
    ADD CONSTRAINT closed_week_pkey PRIMARY KEY (week);

ALTER TABLE ONLY agenda.exclusion
    ADD CONSTRAINT exclusion_pkey PRIMARY KEY (slot_id, occurs_on);

ALTER TABLE ONLY agenda.published_slot
    ADD CONSTRAINT published_slot_pkey PRIMARY KEY (idnps, start_at, end_at, source);

ALTER TABLE ONLY agenda.slot
    ADD CONSTRAINT slot_pkey PRIMARY KEY (slot_id);

ALTER TABLE ONLY agenda.unavailability
    ADD CONSTRAINT unavailability_pkey PRIMARY KEY (unavailability_id);

ALTER TABLE ONLY agenda.week_hours
    ADD CONSTRAINT week_hours_pkey PRIMARY KEY (idnps, week);

ALTER TABLE ONLY appointment.appointment
    ADD CONSTRAINT appointment_editor_value_key UNIQUE (editor, value);

ALTER TABLE ONLY appointment.appointment
    ADD CONSTRAINT appointment_pkey PRIMARY KEY (appointment_id);

ALTER TABLE ONLY appointment.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (event_id);

ALTER TABLE ONLY appointment.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (message_id);

ALTER TABLE ONLY appointment.sender
    ADD CONSTRAINT sender_certificate_cn_certificate_ou_key UNIQUE (certificate_cn, certificate_ou);

ALTER TABLE ONLY appointment.sender
    ADD CONSTRAINT sender_pkey PRIMARY KEY (editor);

ALTER TABLE ONLY audit.purge
    ADD CONSTRAINT purge_pkey PRIMARY KEY (purge_id);

ALTER TABLE ONLY audit.ranking
    ADD CONSTRAINT ranking_pkey PRIMARY KEY (ranking_id);

ALTER TABLE ONLY audit.report
    ADD CONSTRAINT report_pkey PRIMARY KEY (report_id);

ALTER TABLE ONLY directory.address
    ADD CONSTRAINT address_pkey PRIMARY KEY (address_id);

ALTER TABLE ONLY directory.name_word
    ADD CONSTRAINT name_word_pkey PRIMARY KEY (word);

ALTER TABLE ONLY directory.offer
    ADD CONSTRAINT offer_pkey PRIMARY KEY (offer_id);

ALTER TABLE ONLY directory.position_correction
    ADD CONSTRAINT position_correction_finess_fingerprint_key UNIQUE (finess, fingerprint);

ALTER TABLE ONLY directory.position_correction
    ADD CONSTRAINT position_correction_idnps_fingerprint_key UNIQUE (idnps, fingerprint);

ALTER TABLE ONLY directory.position_correction
    ADD CONSTRAINT position_correction_pkey PRIMARY KEY (correction_id);

ALTER TABLE ONLY directory.practitioner
    ADD CONSTRAINT practitioner_pkey PRIMARY KEY (idnps);

ALTER TABLE ONLY directory.specialty
    ADD CONSTRAINT specialty_code_key UNIQUE (code);

ALTER TABLE ONLY directory.specialty
    ADD CONSTRAINT specialty_pkey PRIMARY KEY (specialty_id);

ALTER TABLE ONLY directory.structure
    ADD CONSTRAINT structure_pkey PRIMARY KEY (finess);

ALTER TABLE ONLY editor.availability
    ADD CONSTRAINT availability_pkey PRIMARY KEY (practitioner_id, slug);

ALTER TABLE ONLY editor.change
    ADD CONSTRAINT change_pkey PRIMARY KEY (change_id);

ALTER TABLE ONLY editor.editor
    ADD CONSTRAINT editor_pkey PRIMARY KEY (slug);

ALTER TABLE ONLY editor.slot
    ADD CONSTRAINT slot_pkey PRIMARY KEY (practitioner_id, slug, start_at, place_key);

ALTER TABLE ONLY editor.sweep
    ADD CONSTRAINT sweep_pkey PRIMARY KEY (slug);

ALTER TABLE ONLY geocoding.street_name
    ADD CONSTRAINT street_name_pkey PRIMARY KEY (core);

ALTER TABLE ONLY ingest.run
    ADD CONSTRAINT run_pkey PRIMARY KEY (run_id);

ALTER TABLE ONLY map.offer_group
    ADD CONSTRAINT offer_group_pkey PRIMARY KEY (zoom, cell_x, cell_y);

ALTER TABLE ONLY participation.history
    ADD CONSTRAINT history_pkey PRIMARY KEY (history_id);

ALTER TABLE ONLY participation.history
    ADD CONSTRAINT history_proof_key UNIQUE (proof);

ALTER TABLE ONLY participation.practitioner
    ADD CONSTRAINT practitioner_pkey PRIMARY KEY (idnps);

ALTER TABLE ONLY participation.structure
    ADD CONSTRAINT structure_pkey PRIMARY KEY (kind, number);

ALTER TABLE ONLY territory.cedex
    ADD CONSTRAINT cedex_pkey PRIMARY KEY (cedex_code, citycode);

ALTER TABLE ONLY territory.commune
    ADD CONSTRAINT commune_pkey PRIMARY KEY (citycode);

ALTER TABLE ONLY territory.department
    ADD CONSTRAINT department_pkey PRIMARY KEY (department_code);

ALTER TABLE ONLY territory.former_commune
    ADD CONSTRAINT former_commune_pkey PRIMARY KEY (former_citycode, former_name_folded, citycode);

ALTER TABLE ONLY territory.outline
    ADD CONSTRAINT outline_pkey PRIMARY KEY (level, code);

ALTER TABLE ONLY territory.postal_code
    ADD CONSTRAINT postal_code_pkey PRIMARY KEY (postal_code, citycode, office_folded, locality);

ALTER TABLE ONLY territory.region
    ADD CONSTRAINT region_pkey PRIMARY KEY (region_code);

ALTER TABLE ONLY territory.sas_department
    ADD CONSTRAINT sas_department_pkey PRIMARY KEY (sas_code, department_code, part);

ALTER TABLE ONLY territory.sas
    ADD CONSTRAINT sas_pkey PRIMARY KEY (sas_code);

ALTER TABLE ONLY territory.search_radius
    ADD CONSTRAINT search_radius_pkey PRIMARY KEY (department_code);

CREATE INDEX booking_slot_idx ON agenda.booking USING btree (slot_id, occurs_on);

CREATE INDEX calendar_idnps_idx ON agenda.calendar USING btree (idnps) WHERE (idnps IS NOT NULL);

CREATE INDEX change_offer_idx ON agenda.change USING btree (offer_id, change_id);

CREATE INDEX published_slot_end_idx ON agenda.published_slot USING btree (end_at);

CREATE INDEX slot_offer_idx ON agenda.slot USING btree (offer_id, starts_on);

CREATE INDEX unavailability_offer_idx ON agenda.unavailability USING btree (offer_id);

CREATE INDEX event_appointment_idx ON appointment.event USING btree (appointment_id, event_id);

CREATE INDEX outbox_appointment_idx ON appointment.outbox USING btree (appointment_id, message_id);

CREATE UNIQUE INDEX outbox_distribution_idx ON appointment.outbox USING btree (distribution_id) WHERE (distribution_id IS NOT NULL);

CREATE INDEX outbox_due_idx ON appointment.outbox USING btree (next_attempt_at) WHERE (state = 'queued'::text);

CREATE INDEX exposure_day_idx ON audit.exposure USING btree (day);

CREATE INDEX ranking_day_idx ON audit.ranking USING btree (day);

CREATE INDEX skipped_day_idx ON audit.skipped USING btree (day);

CREATE INDEX address_corrects_idx ON directory.address USING btree (corrects) WHERE (corrects IS NOT NULL);

CREATE INDEX address_doubt_idx ON directory.address USING btree (department_code) WHERE (position_doubts IS NOT NULL);

CREATE INDEX name_word_misses_gin ON directory.name_word USING gin (misses) WITH (fastupdate=off);

CREATE INDEX name_word_sound_idx ON directory.name_word USING btree (sound);

CREATE INDEX offer_address_idx ON directory.offer USING btree (address_id);

CREATE INDEX offer_change_offer_idx ON directory.offer_change USING btree (offer_id);

CREATE INDEX offer_finess_idx ON directory.offer USING btree (finess) WHERE (finess IS NOT NULL);

CREATE INDEX offer_idnps_idx ON directory.offer USING btree (idnps) WHERE (idnps IS NOT NULL);

CREATE INDEX offer_specialty_department_idx ON directory.offer_specialty USING btree (specialty_id, department_code, offer_id);

CREATE INDEX offer_specialty_location_gix ON directory.offer_specialty USING gist (specialty_id, location);

CREATE INDEX offer_specialty_offer_idx ON directory.offer_specialty USING btree (offer_id);

CREATE INDEX practitioner_name_gin ON directory.practitioner USING gin (directory.name_words(family_name, given_name)) WITH (fastupdate=off);

CREATE INDEX availability_asked_idx ON editor.availability USING btree (asked_at);

CREATE INDEX availability_slug_idx ON editor.availability USING btree (slug, seen_at);

CREATE INDEX slot_end_idx ON editor.slot USING btree (end_at);

CREATE INDEX slot_offer_idx ON editor.slot USING btree (offer_id) WHERE (offer_id IS NOT NULL);

CREATE INDEX street_core_idx ON geocoding.street USING btree (core, citycode);

CREATE INDEX street_extent_gix ON geocoding.street USING gist (extent);

CREATE INDEX street_id_idx ON geocoding.street USING btree (street_id);

CREATE INDEX street_name_core_trgm ON geocoding.street_name USING gin (core public.gin_trgm_ops);

CREATE INDEX street_skeleton_idx ON geocoding.street USING btree (citycode, skeleton);

CREATE INDEX rejection_run_idx ON ingest.rejection USING btree (run_id, reason);

CREATE INDEX run_source_idx ON ingest.run USING btree (source, run_id DESC);

CREATE INDEX offer_point_geom_gix ON map.offer_point USING gist (geom);

CREATE INDEX history_subject_idx ON participation.history USING btree (subject, history_id);

CREATE INDEX practitioner_finess_idx ON participation.practitioner USING btree (finess) WHERE (finess IS NOT NULL);

CREATE INDEX commune_department_idx ON territory.commune USING btree (department_code);

CREATE INDEX commune_name_folded_idx ON territory.commune USING btree (name_folded);

CREATE INDEX commune_parent_idx ON territory.commune USING btree (parent_citycode) WHERE (parent_citycode IS NOT NULL);

CREATE INDEX former_commune_name_idx ON territory.former_commune USING btree (former_name_folded);

CREATE INDEX outline_geom_gix ON territory.outline USING gist (geom);

CREATE INDEX postal_code_citycode_idx ON territory.postal_code USING btree (citycode);

CREATE TRIGGER exposure_kept BEFORE DELETE OR UPDATE ON audit.exposure FOR EACH ROW EXECUTE FUNCTION audit.keep();

CREATE TRIGGER purge_kept BEFORE DELETE OR UPDATE ON audit.purge FOR EACH ROW EXECUTE FUNCTION audit.keep();

CREATE TRIGGER purge_not_emptied BEFORE TRUNCATE ON audit.purge FOR EACH STATEMENT EXECUTE FUNCTION audit.keep();

CREATE TRIGGER ranking_follows BEFORE INSERT ON audit.ranking FOR EACH ROW EXECUTE FUNCTION audit.follow();

CREATE TRIGGER ranking_kept BEFORE DELETE OR UPDATE ON audit.ranking FOR EACH ROW EXECUTE FUNCTION audit.keep();

CREATE TRIGGER ranking_not_emptied BEFORE TRUNCATE ON audit.ranking FOR EACH STATEMENT EXECUTE FUNCTION audit.keep();

CREATE TRIGGER report_kept BEFORE DELETE OR UPDATE ON audit.report FOR EACH ROW EXECUTE FUNCTION audit.keep();

CREATE TRIGGER skipped_kept BEFORE DELETE OR UPDATE ON audit.skipped FOR EACH ROW EXECUTE FUNCTION audit.keep();

CREATE TRIGGER practitioner_words_of_mended AFTER UPDATE ON directory.practitioner REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION directory.keep_name_words();

CREATE TRIGGER practitioner_words_of_new AFTER INSERT ON directory.practitioner REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION directory.keep_name_words();

ALTER TABLE ONLY agenda.booking
    ADD CONSTRAINT booking_slot_id_fkey FOREIGN KEY (slot_id) REFERENCES agenda.slot(slot_id);

ALTER TABLE ONLY agenda.exclusion
    ADD CONSTRAINT exclusion_slot_id_fkey FOREIGN KEY (slot_id) REFERENCES agenda.slot(slot_id) ON DELETE CASCADE;

ALTER TABLE ONLY agenda.slot
    ADD CONSTRAINT slot_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES agenda.calendar(offer_id);

ALTER TABLE ONLY agenda.unavailability
    ADD CONSTRAINT unavailability_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES agenda.calendar(offer_id);

ALTER TABLE ONLY appointment.appointment
    ADD CONSTRAINT appointment_editor_fkey FOREIGN KEY (editor) REFERENCES appointment.sender(editor);

ALTER TABLE ONLY appointment.event
    ADD CONSTRAINT event_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointment.appointment(appointment_id);

ALTER TABLE ONLY appointment.outbox
    ADD CONSTRAINT outbox_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointment.appointment(appointment_id);

ALTER TABLE ONLY editor.availability
    ADD CONSTRAINT availability_slug_fkey FOREIGN KEY (slug) REFERENCES editor.editor(slug) ON DELETE CASCADE;

ALTER TABLE ONLY editor.slot
    ADD CONSTRAINT slot_slug_fkey FOREIGN KEY (slug) REFERENCES editor.editor(slug) ON DELETE CASCADE;

ALTER TABLE ONLY editor.sweep
    ADD CONSTRAINT sweep_slug_fkey FOREIGN KEY (slug) REFERENCES editor.editor(slug) ON DELETE CASCADE;

ALTER TABLE ONLY ingest.rejection
    ADD CONSTRAINT rejection_run_id_fkey FOREIGN KEY (run_id) REFERENCES ingest.run(run_id) ON DELETE CASCADE;

ALTER TABLE ONLY territory.cedex
    ADD CONSTRAINT cedex_citycode_fkey FOREIGN KEY (citycode) REFERENCES territory.commune(citycode);

ALTER TABLE ONLY territory.commune
    ADD CONSTRAINT commune_department_code_fkey FOREIGN KEY (department_code) REFERENCES territory.department(department_code);

ALTER TABLE ONLY territory.department
    ADD CONSTRAINT department_region_code_fkey FOREIGN KEY (region_code) REFERENCES territory.region(region_code);

ALTER TABLE ONLY territory.former_commune
    ADD CONSTRAINT former_commune_citycode_fkey FOREIGN KEY (citycode) REFERENCES territory.commune(citycode);

ALTER TABLE ONLY territory.postal_code
    ADD CONSTRAINT postal_code_citycode_fkey FOREIGN KEY (citycode) REFERENCES territory.commune(citycode);

ALTER TABLE ONLY territory.sas_department
    ADD CONSTRAINT sas_department_department_code_fkey FOREIGN KEY (department_code) REFERENCES territory.department(department_code);

ALTER TABLE ONLY territory.sas_department
    ADD CONSTRAINT sas_department_sas_code_fkey FOREIGN KEY (sas_code) REFERENCES territory.sas(sas_code) ON DELETE CASCADE;

ALTER TABLE ONLY territory.search_radius
    ADD CONSTRAINT search_radius_department_code_fkey FOREIGN KEY (department_code) REFERENCES territory.department(department_code);

GRANT USAGE ON SCHEMA agenda TO sas_reader;
GRANT USAGE ON SCHEMA agenda TO sas_writer;

GRANT USAGE ON SCHEMA appointment TO sas_writer;

GRANT USAGE ON SCHEMA audit TO sas_reader;
GRANT USAGE ON SCHEMA audit TO sas_writer;

GRANT USAGE ON SCHEMA directory TO sas_reader;
GRANT USAGE ON SCHEMA directory TO sas_writer;
GRANT ALL ON SCHEMA directory TO sas_loader;

GRANT USAGE ON SCHEMA editor TO sas_reader;
GRANT USAGE ON SCHEMA editor TO sas_writer;
GRANT USAGE ON SCHEMA editor TO sas_loader;

GRANT USAGE ON SCHEMA geocoding TO sas_reader;
GRANT USAGE ON SCHEMA geocoding TO sas_writer;
GRANT ALL ON SCHEMA geocoding TO sas_loader;

GRANT ALL ON SCHEMA ingest TO sas_loader;
GRANT USAGE ON SCHEMA ingest TO sas_reader;

GRANT USAGE ON SCHEMA map TO sas_loader;
GRANT USAGE ON SCHEMA map TO sas_reader;
GRANT USAGE ON SCHEMA map TO sas_writer;

GRANT USAGE ON SCHEMA participation TO sas_reader;
GRANT USAGE ON SCHEMA participation TO sas_writer;

GRANT USAGE ON SCHEMA territory TO sas_loader;
GRANT USAGE ON SCHEMA territory TO sas_reader;
GRANT USAGE ON SCHEMA territory TO sas_writer;

REVOKE ALL ON FUNCTION audit.purge_before(until date, keep_days integer, purge_previous text, purge_proof text, purge_hash text, purge_first bigint, purge_last bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION audit.purge_before(until date, keep_days integer, purge_previous text, purge_proof text, purge_hash text, purge_first bigint, purge_last bigint) TO sas_writer;

GRANT SELECT,INSERT,UPDATE ON TABLE agenda.booking TO sas_writer;

GRANT SELECT(slot_id) ON TABLE agenda.booking TO sas_reader;

GRANT SELECT(occurs_on) ON TABLE agenda.booking TO sas_reader;

GRANT SELECT(state) ON TABLE agenda.booking TO sas_reader;

GRANT SELECT ON TABLE agenda.calendar TO sas_reader;
GRANT SELECT,INSERT,UPDATE ON TABLE agenda.calendar TO sas_writer;

GRANT SELECT,INSERT ON TABLE agenda.change TO sas_writer;

GRANT SELECT(change_id) ON TABLE agenda.change TO sas_reader;

GRANT SELECT(offer_id) ON TABLE agenda.change TO sas_reader;

GRANT SELECT,INSERT,UPDATE ON TABLE agenda.closed_week TO sas_writer;

GRANT SELECT ON TABLE agenda.exclusion TO sas_reader;
GRANT SELECT,INSERT,DELETE ON TABLE agenda.exclusion TO sas_writer;

GRANT SELECT,INSERT,DELETE ON TABLE agenda.published_slot TO sas_writer;

GRANT SELECT ON TABLE agenda.slot TO sas_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE agenda.slot TO sas_writer;

GRANT SELECT ON TABLE agenda.unavailability TO sas_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE agenda.unavailability TO sas_writer;

GRANT SELECT,INSERT,UPDATE ON TABLE agenda.week_hours TO sas_writer;

GRANT SELECT,INSERT,UPDATE ON TABLE appointment.appointment TO sas_writer;

GRANT SELECT,INSERT ON TABLE appointment.event TO sas_writer;

GRANT SELECT,INSERT,UPDATE ON TABLE appointment.outbox TO sas_writer;

GRANT SELECT,INSERT,UPDATE ON TABLE appointment.sender TO sas_writer;

GRANT SELECT,INSERT ON TABLE audit.exposure TO sas_writer;

GRANT SELECT ON TABLE audit.purge TO sas_writer;

GRANT SELECT,INSERT ON TABLE audit.ranking TO sas_writer;

GRANT SELECT ON TABLE audit.report TO sas_reader;
GRANT SELECT,INSERT ON TABLE audit.report TO sas_writer;

GRANT SELECT,INSERT ON TABLE audit.skipped TO sas_writer;

GRANT SELECT ON TABLE directory.address TO sas_reader;
GRANT SELECT ON TABLE directory.address TO sas_writer;

GRANT SELECT ON TABLE directory.name_word TO sas_reader;
GRANT SELECT ON TABLE directory.name_word TO sas_writer;

GRANT SELECT ON TABLE directory.offer TO sas_reader;
GRANT SELECT ON TABLE directory.offer TO sas_writer;

GRANT SELECT ON TABLE directory.offer_change TO sas_reader;
GRANT SELECT ON TABLE directory.offer_change TO sas_writer;

GRANT SELECT ON TABLE directory.offer_specialty TO sas_reader;
GRANT SELECT ON TABLE directory.offer_specialty TO sas_writer;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE directory.position_correction TO sas_loader;

GRANT SELECT(correction_id) ON TABLE directory.position_correction TO sas_reader;

GRANT SELECT ON TABLE directory.practitioner TO sas_reader;
GRANT SELECT ON TABLE directory.practitioner TO sas_writer;

GRANT SELECT ON TABLE directory.specialty TO sas_reader;
GRANT SELECT ON TABLE directory.specialty TO sas_writer;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE directory.specialty TO sas_loader;

GRANT SELECT ON TABLE directory.structure TO sas_reader;
GRANT SELECT ON TABLE directory.structure TO sas_writer;

GRANT SELECT ON TABLE editor.availability TO sas_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE editor.availability TO sas_writer;

GRANT SELECT,INSERT ON TABLE editor.change TO sas_writer;

GRANT SELECT(change_id) ON TABLE editor.change TO sas_reader;

GRANT SELECT ON TABLE editor.editor TO sas_reader;
GRANT SELECT ON TABLE editor.editor TO sas_loader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE editor.editor TO sas_writer;

GRANT SELECT ON TABLE editor.slot TO sas_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE editor.slot TO sas_writer;

GRANT SELECT ON TABLE editor.sweep TO sas_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE editor.sweep TO sas_writer;

GRANT SELECT ON TABLE geocoding.street TO sas_reader;
GRANT SELECT ON TABLE geocoding.street TO sas_writer;

GRANT SELECT ON TABLE geocoding.street_name TO sas_reader;
GRANT SELECT ON TABLE geocoding.street_name TO sas_writer;

GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE ingest.rejection TO sas_loader;

GRANT SELECT ON TABLE ingest.run TO sas_reader;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE ingest.run TO sas_loader;

GRANT SELECT ON TABLE map.offer_group TO sas_reader;
GRANT SELECT ON TABLE map.offer_group TO sas_writer;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE map.offer_group TO sas_loader;

GRANT SELECT ON TABLE map.offer_point TO sas_reader;
GRANT SELECT ON TABLE map.offer_point TO sas_writer;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE map.offer_point TO sas_loader;

GRANT SELECT ON TABLE participation.centre TO sas_writer;

GRANT SELECT,INSERT,UPDATE ON TABLE participation.structure TO sas_writer;

GRANT SELECT ON TABLE participation.contact TO sas_reader;

GRANT SELECT,INSERT,UPDATE ON TABLE participation.practitioner TO sas_writer;

GRANT SELECT ON TABLE participation.offer TO sas_reader;
GRANT SELECT ON TABLE participation.offer TO sas_writer;

GRANT SELECT ON TABLE participation.gathering TO sas_reader;

GRANT SELECT,INSERT ON TABLE participation.history TO sas_writer;

GRANT SELECT(history_id) ON TABLE participation.history TO sas_reader;

GRANT SELECT ON TABLE participation.refusal TO sas_reader;

GRANT SELECT ON TABLE territory.cedex TO sas_reader;
GRANT SELECT ON TABLE territory.cedex TO sas_writer;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE territory.cedex TO sas_loader;

GRANT SELECT ON TABLE territory.commune TO sas_reader;
GRANT SELECT ON TABLE territory.commune TO sas_writer;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE territory.commune TO sas_loader;

GRANT SELECT ON TABLE territory.department TO sas_reader;
GRANT SELECT ON TABLE territory.department TO sas_writer;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE territory.department TO sas_loader;

GRANT SELECT ON TABLE territory.former_commune TO sas_reader;
GRANT SELECT ON TABLE territory.former_commune TO sas_writer;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE territory.former_commune TO sas_loader;

GRANT SELECT ON TABLE territory.outline TO sas_reader;
GRANT SELECT ON TABLE territory.outline TO sas_writer;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE territory.outline TO sas_loader;

GRANT SELECT ON TABLE territory.postal_code TO sas_reader;
GRANT SELECT ON TABLE territory.postal_code TO sas_writer;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE territory.postal_code TO sas_loader;

GRANT SELECT ON TABLE territory.region TO sas_reader;
GRANT SELECT ON TABLE territory.region TO sas_writer;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE territory.region TO sas_loader;

GRANT SELECT ON TABLE territory.sas TO sas_reader;
GRANT SELECT ON TABLE territory.sas TO sas_writer;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE territory.sas TO sas_loader;

GRANT SELECT ON TABLE territory.sas_department TO sas_reader;
GRANT SELECT ON TABLE territory.sas_department TO sas_writer;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE territory.sas_department TO sas_loader;

GRANT SELECT ON TABLE territory.search_radius TO sas_reader;
GRANT SELECT ON TABLE territory.search_radius TO sas_writer;
GRANT SELECT,INSERT,DELETE,TRUNCATE,UPDATE ON TABLE territory.search_radius TO sas_loader;
