from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.header import header_key, match_columns


@given(st.text(max_size=40))
def test_normalising_a_label_twice_changes_nothing(label: str) -> None:
    assert header_key(header_key(label)) == header_key(label)


def test_accents_case_apostrophes_and_punctuation_do_not_count() -> None:
    same = {
        "Libellé civilité d'exercice",
        "LIBELLE CIVILITE D’EXERCICE",
        "libelle_civilite_d_exercice",
        "Libellé  civilité d exercice.",
    }
    assert {header_key(label) for label in same} == {"libelle civilite d exercice"}


def test_the_preferred_label_wins_over_an_older_one() -> None:
    found = match_columns(
        ["Code fonction", "Code rôle"], {"role": ("Code rôle", "Code fonction")}, mandatory={"role"}, file="f"
    )
    assert found == {"role": 1}
