"""Format-true files of the Annuaire and of FINESS, about invented people and places."""

# ruff: noqa: E501, SIM905  labels of the official files stay on their line
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from care.identifier import luhn_digit
from tests.geocoding_base import BAN_HEADER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import psycopg

    from ingest.pipeline import Outcome

HEADERS = (  # the 56 labels of the official file
    "Type d'identifiant PP|Identifiant PP|Identification nationale PP|Code civilité d'exercice|"
    "Libellé civilité d'exercice|Code civilité|Libellé civilité|Nom d'exercice|Prénom d'exercice|Code profession|"
    "Libellé profession|Code catégorie professionnelle|Libellé catégorie professionnelle|Code type savoir-faire|"
    "Libellé type savoir-faire|Code savoir-faire|Libellé savoir-faire|Code mode exercice|Libellé mode exercice|"
    "Numéro SIRET site|Numéro SIREN site|Numéro FINESS site|Numéro FINESS établissement juridique|"
    "Identifiant technique de la structure|Raison sociale site|Enseigne commerciale site|"
    "Complément destinataire (coord. structure)|Complément point géographique (coord. structure)|"
    "Numéro Voie (coord. structure)|Indice répétition voie (coord. structure)|"
    "Code type de voie (coord. structure)|Libellé type de voie (coord. structure)|"
    "Libellé Voie (coord. structure)|Mention distribution (coord. structure)|Bureau cedex (coord. structure)|"
    "Code postal (coord. structure)|Code commune (coord. structure)|Libellé commune (coord. structure)|"
    "Code pays (coord. structure)|Libellé pays (coord. structure)|Téléphone (coord. structure)|"
    "Téléphone 2 (coord. structure)|Télécopie (coord. structure)|Adresse e-mail (coord. structure)|"
    "Code Département (structure)|Libellé Département (structure)|Ancien identifiant de la structure|"
    "Autorité d'enregistrement|Code secteur d'activité|Libellé secteur d'activité|"
    "Code section tableau pharmaciens|Libellé section tableau pharmaciens|Code rôle|Libellé rôle|"
    "Code genre activité|Libellé genre activité"
).split("|")


def rpps(number: int) -> str:
    """An invented RPPS number, with a right check digit."""
    body = f"99{number:08d}"
    return body + luhn_digit(body)


def finess(number: int, department: str = "01") -> str:
    """An invented FINESS number, with a right check digit."""
    body = f"{department}{number:06d}"
    return body + luhn_digit(body)


_COLUMNS = {
    "kind": 0, "identifier": 1, "idnps": 2, "title": 3, "family_name": 7, "given_name": 8, "profession": 9,
    "category": 11, "know_how": 15, "mode": 17, "siret": 19, "finess": 21, "structure": 23, "company": 24,
    "number": 28, "suffix": 29, "street_type": 30, "street": 32, "locality": 33, "office": 34, "postal_code": 35,
    "citycode": 36, "city": 37, "country": 38, "phone": 40, "sector": 48, "activity_kind": 54,
}  # fmt: skip
_DEFAULTS = {
    "kind": "8", "title": "DR", "family_name": "EXEMPLE", "given_name": "ALICE", "profession": "10",
    "category": "C", "know_how": "SM54", "mode": "L", "structure": "R101", "company": "CABINET EXEMPLE",
    "number": "12", "street_type": "R", "street": "DES LILAS", "office": "01000 BOURG EN BRESSE",
    "postal_code": "01000", "citycode": "01053", "country": "99000", "phone": "0199001234", "sector": "SA07",
    "activity_kind": "GENR01",
}  # fmt: skip


def activity_line(person: int = 1, **fields: str) -> str:
    """A line of `Personne_activite`; `fields` replace the defaults."""
    values = _DEFAULTS | {"identifier": rpps(person), "idnps": "8" + rpps(person)} | fields
    cells = [""] * len(HEADERS)
    for name, value in values.items():
        cells[_COLUMNS[name]] = value
    return "|".join(cells) + "|"


def structure_line(number: str, **fields: str) -> str:
    """A `structureet` line."""
    values = {
        "ej": "010000016", "name": "PHARMACIE EXEMPLE", "long_name": "", "number": "3", "type": "R",
        "street": "DU MARCHE", "locality": "", "commune": "053", "department": "01",
        "office": "01000 BOURG EN BRESSE", "phone": "0199004321", "category": "620", "label": "Pharmacie d'Officine",
        "siret": "", "opened": "1995-02-01",
    } | fields  # fmt: skip
    return ";".join(
        (
            "structureet", number, values["ej"], values["name"], values["long_name"], "", "", values["number"],
            values["type"], values["street"], "", values["locality"], values["commune"], values["department"],
            "AIN", values["office"], values["phone"], "", values["category"], values["label"], "3201", "Commerce",
            values["siret"], "4773Z", "", "", "", "", values["opened"], "", "2021-01-01", "",
        )
    )  # fmt: skip


def location_line(
    number: str,
    x: str = "871500.0",
    y: str = "6570500.0",
    origin: str = "1,ATLASANTE,96,BAN,EPSG:2154 RGF93 / Lambert-93 (Métropole)",
) -> str:
    """A `geolocalisation` line; Bourg-en-Bresse unless told otherwise."""
    return f"geolocalisation;{number};{x};{y};{origin};2021-01-04"


@pytest.fixture
def activity(tmp_path: Path) -> Callable[..., Path]:
    """Writes a `Personne_activite` file of the lines given (`activity_line` of keyword arguments)."""

    def write(*lines: dict[str, Any], name: str = "PS_LibreAcces_Personne_activite_202611010000.txt") -> Path:
        path = tmp_path / name
        text = "|".join(HEADERS) + "|\n" + "".join(activity_line(**line) + "\n" for line in lines)
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def stock(tmp_path: Path) -> Callable[..., Path]:
    """Writes a classic FINESS stock: pairs of (fields of the structure, fields of the location or None)."""

    def write(
        *pairs: tuple[dict[str, str], dict[str, str] | None],
        name: str = "etalab-cs1100507-stock-20210108-0427.csv",
        encoding: str = "utf-8",
    ) -> Path:
        structures = [structure_line(**structure) for structure, _ in pairs]
        # Coordinates come in another order than the establishments.
        locations = [
            location_line(structure.get("number", ""), **place)
            for structure, place in reversed(pairs)
            if place is not None
        ]
        lines = ["finess;etalab;93;2021-01-08", *structures, *locations]
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding=encoding)
        return path

    return write


@pytest.fixture
def base(put: Callable[[str, str | bytes], Path]) -> Callable[[tuple[float, float]], Path]:
    """Writes an address base of one street, whose numbers 3 and 4 stand at the point given."""

    def write(place: tuple[float, float]) -> Path:
        lon, lat = place
        rows = "".join(
            f"01053_1_{number:05d};;{number};;Rue du Marché;01000;01053;Bourg-en-Bresse;;;;;{lon};{lat};"
            "entrée;;;BOURG EN BRESSE;RUE DU MARCHE;commune;commune;1;\n"
            for number in (3, 4)
        )
        return put("adresses-01.csv", f"{BAN_HEADER}\n{rows}")

    return write


@pytest.fixture
def valid_rpps() -> Callable[[int], str]:
    return rpps


@pytest.fixture
def valid_finess() -> Callable[..., str]:
    return finess


_EXPORT = """
SELECT 'offer', to_jsonb(o) - 'run_id' FROM directory.offer AS o
UNION ALL SELECT 'address', to_jsonb(a) - 'geocoded_with' FROM directory.address AS a
UNION ALL SELECT 'practitioner', to_jsonb(p) FROM directory.practitioner AS p
UNION ALL SELECT 'structure', to_jsonb(s) - 'run_id' FROM directory.structure AS s
UNION ALL SELECT 'offer_specialty', to_jsonb(x) FROM directory.offer_specialty AS x
ORDER BY 1, 2
"""


@pytest.fixture
def export(conn: psycopg.Connection) -> Callable[[], str]:
    """Every row of the directory, ordered, as text; the number of the run is left out."""

    def dump() -> str:
        conn.rollback()
        return "\n".join(f"{table} {row}" for table, row in conn.execute(_EXPORT).fetchall())

    return dump


@pytest.fixture
def placed(load: Callable[..., Outcome], country: list[Path], conn: psycopg.Connection) -> None:
    """The geographic code in service, with centres for Bourg-en-Bresse and Saint-Denis."""
    conn.execute("UPDATE territory.commune SET lon = 5.228, lat = 46.205 WHERE citycode = '01053'")
    conn.execute("UPDATE territory.commune SET lon = 55.45, lat = -20.89 WHERE citycode = '97411'")
    conn.commit()
