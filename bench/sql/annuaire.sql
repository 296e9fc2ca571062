-- The bare twin of the load of the Annuaire Santé.

-- name: create_bare_lines
-- A line of the file is one text.
CREATE TABLE public.bare_lines (line text);

-- name: copy_bare_lines
-- Delimiter and quote are control characters that no file holds: nothing is parsed.
COPY public.bare_lines FROM STDIN (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02');

-- name: drop_bare_lines
DROP TABLE public.bare_lines;
