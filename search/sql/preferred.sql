-- The preferred doctor, looked for over the whole country by identifier or by name.

-- name: people_named
-- People whose name holds every word asked, in any order.
--   in    words (text array, as directory.name_words parts them), initial (of the given name; '' for any), max_rows
--   out   idnps; which ones of too many is left to the index
--   uses  practitioner_name_gin
SELECT p.idnps
FROM directory.practitioner AS p
WHERE directory.name_words(p.family_name, p.given_name) @> %(words)s::text[]
  AND (
    %(initial)s::text = ''
    OR starts_with(array_to_string(directory.name_words('', p.given_name), ' '), %(initial)s::text)
  )
LIMIT %(max_rows)s::integer;

-- name: words_like
-- Words of names that are heard like a word, or differ from it by one letter.
--   in    word, max_rows (for each of the two ways)
--   out   word, same_sound
--   uses  name_word_sound_idx, name_word_misses_gin
(
  SELECT word, true AS same_sound
  FROM directory.name_word
  WHERE sound = directory.name_sound(%(word)s::text)
  ORDER BY similarity(word, %(word)s::text) DESC, word
  LIMIT %(max_rows)s::integer
)
UNION
(
  SELECT word, sound = directory.name_sound(%(word)s::text) AS same_sound
  FROM directory.name_word
  WHERE misses && directory.name_misses(%(word)s::text)
  ORDER BY similarity(word, %(word)s::text) DESC, word
  LIMIT %(max_rows)s::integer
);

-- name: people_named_like
-- People whose name holds one of the words of each of four groups, with their words.
--   in    one, two, three, four (text arrays; a group may be given again where there are fewer), max_rows
--   out   idnps, words; which ones of too many is left to the index
--   uses  practitioner_name_gin
SELECT p.idnps, directory.name_words(p.family_name, p.given_name) AS words
FROM directory.practitioner AS p
WHERE directory.name_words(p.family_name, p.given_name) && %(one)s::text[]
  AND directory.name_words(p.family_name, p.given_name) && %(two)s::text[]
  AND directory.name_words(p.family_name, p.given_name) && %(three)s::text[]
  AND directory.name_words(p.family_name, p.given_name) && %(four)s::text[]
LIMIT %(max_rows)s::integer;

-- name: preferred_people
-- Some people with the places where they practise; a person without a sheet is left out.
--   in    people (IDNPS, text array)
--   out   idnps, rpps, title, family_name, given_name, profession_code, offer_ids (text array), specialty_codes,
--         communes (names, as the addresses write them when the commune is not known)
--   uses  practitioner_pkey, offer_idnps_idx, address_pkey, commune_pkey
SELECT p.idnps, p.rpps, p.title, p.family_name, p.given_name, p.profession_code, places.offer_ids,
  places.specialty_codes, places.communes
FROM directory.practitioner AS p
CROSS JOIN LATERAL (
  SELECT array_agg(DISTINCT o.offer_id::text) AS offer_ids,
    array_agg(DISTINCT code) FILTER (WHERE code IS NOT NULL) AS specialty_codes,
    array_agg(DISTINCT coalesce(c.name, a.office)) FILTER (WHERE coalesce(c.name, a.office) <> '') AS communes
  FROM directory.offer AS o
  JOIN directory.address AS a USING (address_id)
  LEFT JOIN territory.commune AS c USING (citycode)
  LEFT JOIN LATERAL unnest(o.specialty_codes) AS code ON true
  WHERE o.idnps = p.idnps AND o.kind = 'practitioner'
) AS places
WHERE p.idnps = ANY (%(people)s::text[]) AND places.offer_ids IS NOT NULL;
