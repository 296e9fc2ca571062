"""Who takes part in the SAS, under which form, with the proof; the forfait and its export."""
