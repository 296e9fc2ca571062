-- depends: 0017_audit
-- A slot shown from memory says, as a live one does, that its place was recognised by the town alone.
ALTER TABLE editor.slot ADD COLUMN place_guess boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN editor.slot.place_guess IS 'The place of the directory was recognised by its town only';
