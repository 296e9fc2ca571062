-- depends: 0014_sweep
-- What the index of a search reads of slots: the offer each one stands at, and whom news came about since.
ALTER TABLE editor.slot ADD COLUMN offer_id uuid;
COMMENT ON COLUMN editor.slot.offer_id IS 'Place of the directory the slot stands at, when the sweep recognised it; null: a place the vendor alone knows';
CREATE INDEX slot_offer_idx ON editor.slot (offer_id) WHERE offer_id IS NOT NULL;
CREATE INDEX availability_asked_idx ON editor.availability (asked_at);

CREATE VIEW participation.gathering AS
SELECT v.offer_id, v.via,
  CASE WHEN v.via = 'sos' THEN left(coalesce(p.siret, o.siret), 9) ELSE coalesce(p.finess, o.finess) END AS number
FROM participation.offer AS v
JOIN directory.offer AS o USING (offer_id)
LEFT JOIN participation.practitioner AS p ON p.idnps = o.idnps
WHERE v.via IN ('cpts', 'msp', 'sos');
COMMENT ON VIEW participation.gathering IS 'Those with whom an offer takes part: FINESS of the CPTS or MSP, SIREN of the SOS Médecins association';

CREATE VIEW participation.contact AS
SELECT kind, CASE WHEN kind = 'sos' THEN left(number, 9) ELSE number END AS number, phone, information
FROM participation.structure;
COMMENT ON VIEW participation.contact IS 'How a structure that takes part asks to be reached';

CREATE VIEW participation.refusal AS SELECT idnps FROM participation.practitioner WHERE vendor_refused;
COMMENT ON VIEW participation.refusal IS 'Practitioners whose vendor agenda must not be shown';

GRANT SELECT ON participation.gathering, participation.contact, participation.refusal TO sas_reader;

-- The reader learns that something changed, not who changed what.
GRANT SELECT (correction_id) ON directory.position_correction TO sas_reader;
GRANT SELECT (change_id, offer_id) ON agenda.change TO sas_reader;
GRANT SELECT (change_id) ON editor.change TO sas_reader;
GRANT SELECT (history_id) ON participation.history TO sas_reader;
