-- depends: 0015_search_index
-- The preferred doctor is looked for by name over the whole country: words of a name in any order, found by an index,
-- and a table of the distinct words, where a word heard or typed wrong is looked up. The table is kept by the table of
-- people itself, whoever writes it: a person cannot be there and not be found.
CREATE FUNCTION directory.name_words(family_name text, given_name text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_remove(
  string_to_array(
    regexp_replace(lower(public.unaccent('public.unaccent', family_name || ' ' || given_name)), '[^a-z0-9]+', ' ', 'g'),
    ' '
  ),
  ''
);
COMMENT ON FUNCTION directory.name_words IS 'Words of a name, lower case, without accents, parted at anything that is no letter';

CREATE FUNCTION directory.name_sound(word text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(
  regexp_replace(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
      replace(replace(word, 'ph', 'f'), 'sch', 'ch'),
      'th', 't'), 'qu', 'k'), 'ck', 'k'), 'eau', 'o'), 'au', 'o'), 'ai', 'e'), 'ei', 'e'), 'y', 'i'), 'c', 'k'),
      'q', 'k'), 'z', 's'), 'w', 'v'), 'h', ''), 'x', 's'),
    '(.)\1+', '\1', 'g'
  ),
  '(?<=..)[estd]+$', ''
);
COMMENT ON FUNCTION directory.name_sound IS 'A word of a name about as it is heard: letters that sound alike are one, doubled and mute ones are gone';

CREATE FUNCTION directory.name_misses(word text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
  SELECT array_agg(DISTINCT left(word, missing - 1) || substr(word, missing + 1))
  FROM generate_series(1, length(word) + 1) AS missing
);
COMMENT ON FUNCTION directory.name_misses IS 'A word, and what is left of it without each of its letters: two words that differ by one letter typed wrong, too many, missing or exchanged with its neighbour have one of these in common';

CREATE TABLE directory.name_word (
  word text COLLATE "C" PRIMARY KEY,
  sound text COLLATE "C" NOT NULL,
  misses text[] COLLATE "C" NOT NULL
);
COMMENT ON COLUMN directory.name_word.misses IS 'directory.name_misses(word)';
COMMENT ON TABLE directory.name_word IS 'Distinct words of the names of directory.practitioner; one that nobody bears any more does no harm';
CREATE INDEX name_word_sound_idx ON directory.name_word (sound);
CREATE INDEX name_word_misses_gin ON directory.name_word USING gin (misses) WITH (fastupdate = off);

CREATE FUNCTION directory.keep_name_words() RETURNS trigger
LANGUAGE plpgsql AS $$
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
COMMENT ON FUNCTION directory.keep_name_words IS 'Adds the words of the names just written to directory.name_word';

CREATE TRIGGER practitioner_words_of_new AFTER INSERT ON directory.practitioner
REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION directory.keep_name_words();
CREATE TRIGGER practitioner_words_of_mended AFTER UPDATE ON directory.practitioner
REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION directory.keep_name_words();

CREATE INDEX practitioner_name_gin ON directory.practitioner
USING gin (directory.name_words(family_name, given_name)) WITH (fastupdate = off);

GRANT SELECT ON directory.name_word TO sas_reader, sas_writer;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON directory.name_word TO sas_loader;
ALTER TABLE directory.name_word OWNER TO sas_loader;

INSERT INTO directory.name_word (word, sound, misses)
SELECT word, directory.name_sound(word), directory.name_misses(word)
FROM (SELECT DISTINCT unnest(directory.name_words(family_name, given_name)) AS word FROM directory.practitioner) AS words;
