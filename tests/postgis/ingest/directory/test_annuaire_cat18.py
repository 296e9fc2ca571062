"""The layout before `Personne_activite`, still met in archives: CAT18, 41 quoted columns separated by `;`."""

# ruff: noqa: SIM905  the labels as they follow one another in the file
from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.errors import ColumnsChanged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import psycopg

    from ingest.pipeline import Outcome

pytestmark = [pytest.mark.postgis, pytest.mark.usefixtures("placed")]

# No mode of practice, no sector, no kind of activity; the code of the savoir-faire comes before its type.
HEADERS: Sequence[str] = (
    "Type d'identifiant PP;Identifiant PP;Identification nationale PP;Code civilité exercice;"
    "Libellé civilité exercice;Nom d'exercice;Prénom d'exercice;Code profession;Libellé profession;"
    "Code catégorie professionnelle;Libellé catégorie professionnelle;Code savoir-faire;Libellé savoir-faire;"
    "Code type savoir-faire;Libellé type savoir-faire;Numéro SIRET site;Numéro SIREN site;Numéro FINESS site;"
    "Numéro FINESS établissement juridique;Raison sociale site;Enseigne commerciale site;"
    "Identifiant structure;Complément destinataire (coord. structure);"
    "Complément point géographique (coord. structure);"
    "Numéro Voie (coord. structure);Indice répétition voie (coord. structure);"
    "Code type de voie (coord. structure);Libellé type de voie (coord. structure);"
    "Libellé Voie (coord. structure);Mention distribution (coord. structure);Bureau cedex (coord. structure);"
    "Code postal (coord. structure);Code commune (coord. structure);Libellé commune (coord. structure);"
    "Code pays (coord. structure);Libellé pays (coord. structure);Téléphone (coord. structure);"
    "Téléphone 2 (coord. structure);Télécopie (coord. structure);Adresse e-mail (coord. structure);"
    "Adresse BAL MSSanté"
).split(";")
NAME = "ExtractionMonoTable_CAT18_ToutePopulation_201802030936.csv"


def quoted(cells: Sequence[str]) -> str:
    return ";".join('"' + cell.replace('"', '""') + '"' for cell in cells)


@pytest.fixture
def cat18(tmp_path: Path, valid_rpps: Callable[[int], str]) -> Callable[..., Path]:
    """Writes a CAT18 file; each line is given by number of person, structure identifier, and other cells."""

    def write(*lines: tuple[int, str, dict[str, str]], headers: Sequence[str] = HEADERS) -> Path:
        written = [quoted(headers)]
        for person, structure, others in lines:
            values = {
                "Type d'identifiant PP": "8", "Identifiant PP": valid_rpps(person),
                "Identification nationale PP": "8" + valid_rpps(person), "Code civilité exercice": "DR",
                "Libellé civilité exercice": "Docteur", "Nom d'exercice": "EXEMPLE",
                "Prénom d'exercice": "ALICE", "Code profession": "10", "Libellé profession": "Médecin",
                "Code catégorie professionnelle": "C", "Code savoir-faire": "SM54",
                "Code type savoir-faire": "S", "Raison sociale site": "CABINET EXEMPLE",
                "Identifiant structure": structure, "Numéro Voie (coord. structure)": "12",
                "Code type de voie (coord. structure)": "R", "Libellé Voie (coord. structure)": "DES LILAS",
                "Bureau cedex (coord. structure)": "01000 BOURG EN BRESSE",
                "Code postal (coord. structure)": "01000", "Code commune (coord. structure)": "01053",
                "Téléphone (coord. structure)": "01 99 00 12 34",
                "Adresse BAL MSSanté": "alice.exemple@medecin.mssante.fr",
            } | others  # fmt: skip
            written.append(quoted([values.get(header, "") for header in HEADERS]))
        path = tmp_path / NAME
        path.write_bytes(("\r\n".join(written) + "\r\n").encode())
        return path

    return write


def test_the_layout_of_41_quoted_columns_becomes_sheets(
    load: Callable[..., Outcome],
    cat18: Callable[..., Path],
    conn: psycopg.Connection,
    valid_finess: Callable[..., str],
    valid_rpps: Callable[[int], str],
):
    hospital = valid_finess(1)
    path = cat18(
        (1, f"1{hospital}", {"Raison sociale site": 'CENTRE ; DIT "LE CENTRE"'}),
        (1, f"1{hospital}", {"Code savoir-faire": "SM26", "Raison sociale site": 'CENTRE ; DIT "LE CENTRE"'}),
        (2, "377220148900022", {"Numéro SIRET site": "77220148900022"}),
        (3, f"4{valid_rpps(3)}001", {}),
        (4, "", {"Code catégorie professionnelle": "E"}),
    )
    assert len(HEADERS) == 41
    outcome = load("annuaire", path)
    assert outcome.counts["kept"] == 4
    assert outcome.counts["excluded"] == {"category": 1}
    assert outcome.rejected == 0
    found = conn.execute(
        "SELECT idnps, structure_key, finess, siret, structure_name, specialty_codes, mode_code, sector_code,"
        " phone, mssante FROM directory.offer ORDER BY source_line"
    ).fetchall()
    common = (None, None, "+33199001234", "alice.exemple@medecin.mssante.fr")
    one, two, three = ("8" + valid_rpps(person) for person in (1, 2, 3))
    assert found == [
        (one, f"F{hospital}", hospital, None, 'CENTRE ; DIT "LE CENTRE"', ["SM26", "SM54"], *common),
        (two, "377220148900022", None, "77220148900022", "CABINET EXEMPLE", ["SM54"], *common),
        (three, f"R{valid_rpps(3)}001", None, None, "CABINET EXEMPLE", ["SM54"], *common),
    ]


def test_the_columns_that_cat18_has_are_still_wanted(
    load: Callable[..., Outcome], cat18: Callable[..., Path]
):
    headers = ["Bureau" if header.startswith("Bureau cedex") else header for header in HEADERS]
    with pytest.raises(ColumnsChanged, match="Bureau cedex"):
        load("annuaire", cat18((1, "", {}), headers=headers))


def test_the_present_layout_without_its_sector_is_not_taken_for_cat18(
    load: Callable[..., Outcome], activity: Callable[..., Path]
):
    path = activity({})
    path.write_text(path.read_text(encoding="utf-8").replace("Code secteur", "Secteur"), encoding="utf-8")
    with pytest.raises(ColumnsChanged, match="secteur"):
        load("annuaire", path)
