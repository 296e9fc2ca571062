"""The Annuaire Santé from its files to the directory: sheets, people, differences, removals."""

# ruff: noqa: E501  labels of the official files stay on their line
from __future__ import annotations

import gzip
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from core.errors import ColumnsChanged, FileUnreadable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import psycopg

    from ingest.pipeline import Outcome

    Load = Callable[..., Outcome]
    Write = Callable[..., Path]

pytestmark = [pytest.mark.postgis, pytest.mark.usefixtures("placed")]


def offers(conn: psycopg.Connection, columns: str) -> list[tuple[Any, ...]]:
    conn.rollback()
    return conn.execute(f"SELECT {columns} FROM directory.offer ORDER BY source_line").fetchall()  # pyright: ignore[reportArgumentType]  # noqa: S608


def test_specialities_of_one_place_are_one_sheet(load: Load, activity: Write, conn: psycopg.Connection):
    outcome = load("annuaire", activity({"know_how": "SM54"}, {"know_how": "DSM201"}))
    assert offers(conn, "name, specialty_codes") == [("Dr Alice EXEMPLE", ["DSM201", "SM54"])]
    assert outcome.counts["kept"] == 2


def test_a_person_in_two_places_has_two_sheets_and_one_identity(
    load: Load, activity: Write, conn: psycopg.Connection
):
    load("annuaire", activity({"structure": "R101"}, {"structure": "R102", "number": "14"}))
    assert len(offers(conn, "offer_id")) == 2
    assert conn.execute(
        "SELECT given_name, family_name, profession_code FROM directory.practitioner"
    ).fetchall() == [("Alice", "EXEMPLE", "10")]


def test_what_is_not_care_at_a_place_in_france_is_excluded_by_reason_and_not_rejected(
    load: Load, activity: Write, conn: psycopg.Connection
):
    nowhere = dict.fromkeys(("structure", "company", "street", "office", "postal_code", "citycode"), "")
    outcome = load(
        "annuaire",
        activity(
            {},
            {"person": 2, "category": "E"},
            {"person": 3, **nowhere},
            {"person": 4, "activity_kind": "GENR04"},
            {"person": 5, "sector": "SA50"},
            {"person": 6, "country": "99132", "postal_code": "GL", "office": "GL LONDON"},
            {"person": 7, "office": "", "street": "", "postal_code": "", "citycode": ""},
            {"person": 8, "activity_kind": "", "category": "M"},
        ),
    )
    assert outcome.rejected == 0
    assert outcome.counts["excluded"] == dict.fromkeys(
        ("category", "no-structure", "activity-kind", "billing-address", "abroad", "no-address"), 1
    )
    assert len(offers(conn, "offer_id")) == 2


def test_wrong_rows_are_rejected_with_their_line_and_reason(
    load: Load, activity: Write, conn: psycopg.Connection, valid_rpps: Callable[[int], str]
):
    good = [{"person": n} for n in range(10, 20)]
    wrong = str(int(valid_rpps(1)) ^ 1)
    outcome = load(
        "annuaire",
        activity(
            *good,
            {"idnps": "8" + wrong},
            {"idnps": "3" + valid_rpps(2)},
            {"family_name": ""},
            {"postal_code": "ABC", "office": "BOURG", "citycode": ""},
        ),
    )
    assert outcome.counts["rejected"] == {
        "rpps-check-digit": 1, "identifier-kind": 1, "name-missing": 1, "place-unknown": 1,
    }  # fmt: skip
    lines = conn.execute("SELECT line, reason FROM ingest.rejection ORDER BY line").fetchall()
    assert lines == [
        (12, "rpps-check-digit"), (13, "identifier-kind"), (14, "name-missing"), (15, "place-unknown"),
    ]  # fmt: skip


def test_a_quote_is_an_ordinary_character(load: Load, activity: Write, conn: psycopg.Connection):
    load("annuaire", activity({"company": 'CENTRE "LES LILAS'}, {"person": 2, "company": "A\\B\tC"}))
    assert offers(conn, "structure_name") == [('CENTRE "LES LILAS',), ("A\\B C",)]


def test_codes_typed_by_hand_are_mended_or_dropped_and_counted(
    load: Load, activity: Write, conn: psycopg.Connection, valid_finess: Callable[..., str]
):
    number = valid_finess(10)
    spaced = f"{number[:2]} {number[2:]}".replace("0", "O", 1)
    outcome = load(
        "annuaire", activity({"finess": spaced, "siret": "12345678901234", "phone": "01.99.00.12.34 SUR RDV"})
    )
    assert offers(conn, "finess, siret, phone") == [(number, None, "+33199001234")]
    assert outcome.counts["mended"] == {"finess-mended": 1, "siret-dropped": 1}


def test_a_postal_code_lost_is_taken_from_the_office(load: Load, activity: Write, conn: psycopg.Connection):
    load("annuaire", activity({"postal_code": "", "citycode": ""}))
    assert conn.execute("SELECT postal_code, position_level FROM directory.address").fetchall() == [
        ("01000", "municipality")
    ]


def test_no_ordinal_speciality_means_the_profession_can_be_searched(
    load: Load, activity: Write, conn: psycopg.Connection
):
    load("annuaire", activity({"profession": "60", "know_how": ""}, {"person": 2, "know_how": "DSM201"}))
    assert offers(conn, "specialty_codes") == [(["60"],), (["10", "DSM201"],)]


def test_the_edition_of_52_columns_with_other_labels_is_read(
    load: Load, activity: Write, conn: psycopg.Connection, tmp_path: Path
):
    lines = activity({}).read_text(encoding="utf-8").splitlines()
    cut = ["|".join(line.split("|")[:52]) for line in lines]
    cut[0] = cut[0].replace("civilité d'exercice", "civilité exercice").replace("Code rôle", "Code fonction")
    path = tmp_path / "ps-libreacces-personne-activite.txt"
    path.write_bytes(("\ufeff" + "\r\n".join(cut)).encode())
    load("annuaire", path)
    assert offers(conn, "name, source_file") == [("Dr Alice EXEMPLE", path.name)]


def test_a_missing_mandatory_column_stops_everything(load: Load, activity: Write, conn: psycopg.Connection):
    path = activity({})
    path.write_text(path.read_text(encoding="utf-8").replace("Bureau cedex", "Bureau"), encoding="utf-8")
    with pytest.raises(ColumnsChanged, match="Bureau cedex"):
        load("annuaire", path)
    assert offers(conn, "offer_id") == []


def test_a_file_that_went_through_a_spreadsheet_is_refused(load: Load, activity: Write):
    path = activity(*({"person": n, "postal_code": "1000"} for n in range(300)))
    with pytest.raises(FileUnreadable, match="tableur"):
        load("annuaire", path)


def test_the_zip_of_the_publisher_holds_the_three_files(
    load: Load, activity: Write, conn: psycopg.Connection, tmp_path: Path, valid_rpps: Callable[[int], str]
):
    person = "8" + valid_rpps(1)
    head = (
        "Type d'identifiant PP|Identifiant PP|Identification nationale PP|Nom d'exercice|Prénom d'exercice|"
    )
    diplomas = (
        head
        + "Code type diplôme obtenu|Libellé type diplôme obtenu|Code diplôme obtenu|Libellé diplôme obtenu|"
        "Code type autorisation|Libellé type autorisation|Code discipline autorisation|"
        f"Libellé discipline autorisation|\n8|{person[1:]}|{person}|EXEMPLE|ALICE|DE|Diplôme|DE09|Diplôme|||||\n"
    )
    know_how = (
        head + "Code profession|Libellé profession|Code catégorie professionnelle|"
        "Libellé catégorie professionnelle|Code type savoir-faire|Libellé type savoir-faire|Code savoir-faire|"
        f"Libellé savoir-faire|\n8|{person[1:]}|{person}|EXEMPLE|ALICE|10|Médecin|C|Civil|S|Spécialité|SM26|Méd|\n"
    )
    # An edition of the activity file that has lost its savoir-faire.
    text = activity({"know_how": ""}).read_text(encoding="utf-8").replace("savoir-faire", "xxx")
    archive = tmp_path / "PS_LibreAcces_202611010000.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("dossier/PS_LibreAcces_Personne_activite_202611010001.txt", text)
        opened.writestr("dossier/PS_LibreAcces_Dipl_AutExerc_202611010002.txt", diplomas)
        opened.writestr("dossier/PS_LibreAcces_SavoirFaire_202611010003.txt", know_how)
    outcome = load("annuaire", archive)
    assert offers(conn, "specialty_codes, source_date::text") == [(["SM26"], "2026-11-01")]
    assert outcome.counts["extra"] == {"diploma": 1, "know-how": 1}


def test_the_secure_mailbox_of_the_place_comes_before_that_of_the_person(
    load: Load, activity: Write, conn: psycopg.Connection, tmp_path: Path, valid_rpps: Callable[[int], str]
):
    header = (
        "Type de BAL|Adresse BAL|Type Identifiant PP|Identifiant PP|Identification nationale PP|"
        "Type identifiant structure|Identification Structure|Service de rattachement|"
    )
    one, two = "8" + valid_rpps(1), "8" + valid_rpps(2)
    rows = [
        f"PER|Alice.Exemple@exemple.mssante.fr|8|{one[1:]}|{one}||R101||",
        f"PER|zoe@exemple.mssante.fr|8|{one[1:]}|{one}||||",
        f"PER|deux@exemple.mssante.fr|8|{two[1:]}|{two}||||",
        "ORG|accueil@exemple.mssante.fr|||||R101||",
    ]
    mail = tmp_path / "Extraction_Correspondance_MSSante_202611010000.txt"
    mail.write_text(header + "\n" + "\n".join(rows) + "\n", encoding="utf-8")
    load("annuaire", [activity({}, {"person": 2, "structure": "R102"}), mail])
    assert offers(conn, "mssante") == [("alice.exemple@exemple.mssante.fr",), ("deux@exemple.mssante.fr",)]


def test_one_person_under_adeli_and_rpps_is_one(load: Load, activity: Write, conn: psycopg.Connection):
    adeli = {"idnps": "0019999999", "kind": "0", "identifier": "019999999", "given_name": "Alice"}
    outcome = load("annuaire", activity({}, adeli, adeli | {"idnps": "0018888888", "family_name": "AUTRE"}))
    assert outcome.counts["matched"] == {"adeli-lines": 1}
    assert len(offers(conn, "offer_id")) == 2
    assert conn.execute("SELECT count(*) FROM directory.practitioner").fetchone() == (2,)


def test_who_leaves_the_files_leaves_every_table(load: Load, activity: Write, conn: psycopg.Connection):
    two = activity({}, {"person": 2, "given_name": "BOB", "number": "99"})
    load("annuaire", two)
    load("annuaire", activity({}, {"person": 2, "given_name": "BOB", "number": "100"}))
    outcome = load("annuaire", activity({}), accept_shrink=True)
    assert outcome.difference["directory.offer"].removed == 1
    for table in ("practitioner", "offer", "address", "offer_specialty"):
        assert conn.execute(f"SELECT count(*) FROM directory.{table}").fetchone() == (1,), table  # pyright: ignore[reportArgumentType]  # noqa: S608
    assert conn.execute("SELECT count(*) FROM directory.offer_change").fetchone() == (0,)


def test_a_place_that_changes_keeps_its_history(load: Load, activity: Write, conn: psycopg.Connection):
    load("annuaire", activity({"phone": "0199000001"}))
    outcome = load("annuaire", activity({"phone": "0199000002", "number": "14"}))
    assert outcome.difference["directory.offer"].changed == 1
    (before,) = conn.execute("SELECT before FROM directory.offer_change").fetchone() or ({},)
    assert before["phone"] == "+33199000001"
    assert before["address"]["label"] == "12 R DES LILAS 01000 BOURG EN BRESSE"
    assert "name" not in before
    assert offers(conn, "phone") == [("+33199000002",)]


def test_the_same_files_give_the_same_tables_byte_for_byte(
    load: Load, activity: Write, export: Callable[[], str]
):
    path = activity({}, {"know_how": "DSM201"}, {"person": 2, "structure": "", "number": "7"}, {"person": 3})
    load("annuaire", path)
    first = export()
    assert load("annuaire", path).unchanged
    again = load("annuaire", path, force=True)
    assert again.difference["directory.offer"].unchanged == 3
    assert again.difference["directory.offer"].empty
    assert export() == first


def test_the_order_of_the_lines_does_not_change_the_sheets(
    load: Load, activity: Write, export: Callable[[], str], conn: psycopg.Connection
):
    lines = [{"person": n, "number": str(n)} for n in range(1, 6)]
    load("annuaire", activity(*lines))
    first = offers(conn, "offer_id, content_hash")
    outcome = load("annuaire", activity(*reversed(lines)))
    assert outcome.difference["directory.offer"].empty
    assert offers(conn, "offer_id, content_hash") == first


def test_a_compressed_loose_file_is_the_same_source(
    load: Load, activity: Write, conn: psycopg.Connection, tmp_path: Path
):
    packed = tmp_path / "ps-libreacces-personne-activite.txt.gz"
    packed.write_bytes(gzip.compress(activity({}).read_bytes()))
    load("annuaire", packed)
    assert offers(conn, "name") == [("Dr Alice EXEMPLE",)]


def test_a_dry_run_changes_nothing(load: Load, activity: Write, conn: psycopg.Connection):
    outcome = load("annuaire", activity({}), apply=False)
    assert outcome.difference["directory.offer"].added == 1
    assert offers(conn, "offer_id") == []
