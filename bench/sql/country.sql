-- A country invented on the spot, of the size of the real one, for the measures of the search.

-- name: invent_country
-- Offers of a hundred groups of specialties: three in five around thirty towns, the others anywhere. One person in
-- ten has two places. Nobody exists.
--   in    offers (how many), gp_id (specialty_id of the general practitioners: eight in a hundred)
CREATE UNLOGGED TABLE public.invented AS
WITH towns AS (
  SELECT row_number() OVER () AS town, *, sum(weight) OVER (ORDER BY weight DESC, department) AS until,
    sum(weight) OVER () AS total
  FROM (VALUES
    ('75', 2.352, 48.857, 0.090, 200), ('69', 4.836, 45.764, 0.050, 60), ('13', 5.370, 43.297, 0.050, 60),
    ('31', 1.444, 43.605, 0.045, 40), ('33', -0.579, 44.838, 0.045, 40), ('59', 3.057, 50.629, 0.050, 45),
    ('06', 7.262, 43.710, 0.040, 35), ('44', -1.554, 47.218, 0.040, 30), ('67', 7.752, 48.573, 0.040, 28),
    ('34', 3.877, 43.611, 0.040, 28), ('35', -1.678, 48.117, 0.040, 25), ('38', 5.724, 45.188, 0.040, 25),
    ('83', 5.928, 43.124, 0.040, 20), ('76', 1.099, 49.443, 0.040, 20), ('42', 4.390, 45.440, 0.035, 15),
    ('63', 3.087, 45.777, 0.035, 15), ('37', 0.685, 47.394, 0.035, 14), ('54', 6.184, 48.692, 0.035, 14),
    ('57', 6.176, 49.119, 0.035, 12), ('21', 5.041, 47.322, 0.035, 12), ('49', -0.563, 47.473, 0.035, 12),
    ('29', -4.486, 48.390, 0.035, 10), ('72', 0.199, 48.006, 0.035, 9), ('87', 1.261, 45.834, 0.030, 9),
    ('974', 55.450, -20.880, 0.060, 18), ('971', -61.533, 16.241, 0.050, 9), ('2A', 8.737, 41.919, 0.030, 5),
    ('05', 6.079, 44.559, 0.030, 3), ('48', 3.500, 44.518, 0.030, 2), ('973', -52.326, 4.922, 0.040, 4)
  ) AS t (department, lon, lat, spread, weight)
), heads AS (
  SELECT array_agg(group_id ORDER BY group_id) AS ids
  FROM (SELECT DISTINCT group_id FROM directory.specialty WHERE group_id <> %(gp_id)s::integer) AS g
), drawn AS (
  SELECT n, random() AS place, random() AS kind, random() AS u, random() AS v, random() AS w
  FROM generate_series(1, %(offers)s::integer) AS n
)
SELECT d.n, md5('country' || d.n)::uuid AS offer_id, md5('address' || d.n)::uuid AS address_id,
  '8998' || lpad((CASE WHEN d.n %% 10 = 0 THEN d.n - 1 ELSE d.n END)::text, 8, '0') AS idnps,
  CASE WHEN d.place < 0.6 THEN t.lon + t.spread * sqrt(-2 * ln(d.u + 1e-9)) * cos(2 * pi() * d.v) / cos(radians(t.lat))
    ELSE -1 + 7.5 * d.u END AS lon,
  CASE WHEN d.place < 0.6 THEN t.lat + t.spread * sqrt(-2 * ln(d.u + 1e-9)) * sin(2 * pi() * d.v)
    ELSE 43.5 + 6 * d.v END AS lat,
  CASE WHEN d.place < 0.6 THEN t.department ELSE lpad((1 + (d.n %% 19))::text, 2, '0') END AS department,
  CASE WHEN d.kind < 0.08 THEN %(gp_id)s::integer
    ELSE heads.ids[1 + floor(power(d.w, 2) * cardinality(heads.ids))::integer] END AS specialty_id
FROM drawn AS d
CROSS JOIN heads
JOIN towns AS t ON d.place / 0.6 * t.total < t.until AND d.place / 0.6 * t.total >= t.until - t.weight
  OR d.place >= 0.6 AND t.town = 1;

-- name: fill_country
-- The tables of the directory from what was invented.
INSERT INTO territory.department (department_code, name, timezone, srid)
SELECT DISTINCT department, 'Département ' || department,
  CASE department WHEN '974' THEN 'Indian/Reunion' WHEN '971' THEN 'America/Guadeloupe'
    WHEN '973' THEN 'America/Cayenne' ELSE 'Europe/Paris' END, 2154
FROM public.invented
ON CONFLICT DO NOTHING;
INSERT INTO directory.address (address_id, number, street_type, street_name, postal_code, office, citycode,
  department_code, lon, lat, position_level, position_score, position_source)
SELECT address_id, (n % 99 + 1)::text, 'RUE', 'DES TILLEULS', department || '000', 'VILLE', department || '001',
  department, lon, lat, 'housenumber', 0.95, 'ban'
FROM public.invented;
INSERT INTO directory.practitioner (idnps, rpps, family_name, given_name, profession_code)
SELECT DISTINCT idnps, substr(idnps, 2), 'EXEMPLE', 'Camille', '10' FROM public.invented;
INSERT INTO directory.offer (offer_id, kind, source, idnps, name, specialty_codes, address_id, own_address_id, phone,
  source_file, source_line, source_date, content_hash, run_id)
SELECT i.offer_id, 'practitioner', 'annuaire', i.idnps, 'EXEMPLE Camille', ARRAY[s.code], i.address_id, i.address_id,
  '+33199000000', 'bench', i.n, '2026-01-05', i.offer_id, 1
FROM public.invented AS i
JOIN directory.specialty AS s USING (specialty_id);
INSERT INTO directory.offer_specialty (specialty_id, offer_id, department_code, location)
SELECT specialty_id, offer_id, department, ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geography
FROM public.invented;

-- name: fill_slots
-- One vendor that keeps the agendas of general practitioners: slots of the three days to come, as its sweep left them.
--   in    gp_id, people, slots (for each), now (timestamptz)
INSERT INTO editor.editor (slug, name, base_url, flows) VALUES ('bench', 'Agenda', 'https://agenda.invalid/fhir', '{agg-sos}');
INSERT INTO editor.availability (practitioner_id, slug, next_start, slot_count, seen_at, asked_at)
SELECT DISTINCT ON (idnps) idnps, 'bench', %(now)s::timestamptz, %(slots)s::integer, %(now)s::timestamptz,
  %(now)s::timestamptz
FROM public.invented
WHERE specialty_id = %(gp_id)s::integer
ORDER BY idnps
LIMIT %(people)s::integer;
INSERT INTO editor.slot (practitioner_id, slug, start_at, place_key, end_at, consultation_types, visibility, offer_id)
SELECT i.idnps, 'bench', s.start_at, i.offer_id, s.start_at + INTERVAL '15 minutes',
  CASE WHEN (i.n + s.k) %% 9 = 0 THEN ARRAY['VR'] ELSE ARRAY['AMB'] END, ARRAY['PUBLIC'], i.offer_id
FROM (
  SELECT DISTINCT ON (a.practitioner_id) i.idnps, i.n, i.offer_id
  FROM editor.availability AS a
  JOIN public.invented AS i ON i.idnps = a.practitioner_id AND i.specialty_id = %(gp_id)s::integer
  ORDER BY a.practitioner_id, i.n
) AS i
CROSS JOIN LATERAL (
  -- Full for the first hours for most, as real agendas are.
  SELECT k, date_trunc('hour', %(now)s::timestamptz) + (((i.n::bigint * 7919) %% 1800) + k * 30) * INTERVAL '1 minute' AS start_at
  FROM generate_series(1, %(slots)s::integer) AS k
) AS s;

-- name: fill_participation
-- One general practitioner in four takes part.
--   in    gp_id, now (timestamptz)
INSERT INTO participation.practitioner (idnps, participating, en_sus, via, vendor_refused, hours_declared, fru,
  declared_at, declared_by)
SELECT DISTINCT ON (idnps) idnps, true, n %% 3 = 0, 'individual', false, true, false, %(now)s::timestamptz, 'bench'
FROM public.invented
WHERE specialty_id = %(gp_id)s::integer AND n %% 4 = 0
ORDER BY idnps;

-- name: settle_country
ANALYZE directory.address, directory.practitioner, directory.offer, directory.offer_specialty, editor.availability,
  editor.slot, participation.practitioner;

-- name: refresh_country
-- What the sweep read is as of now again.
--   in    now (timestamptz)
UPDATE editor.availability SET asked_at = %(now)s::timestamptz;
