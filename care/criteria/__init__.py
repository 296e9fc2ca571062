"""Criteria of the forfait, one dated file for each text: what `care.forfait` reads."""
