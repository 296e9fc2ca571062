"""A country of a few communes in the official formats, loads of it, and exports to compare."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from ingest.pipeline import Outcome, ingest

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.settings import DatabaseSettings, HomeSettings

TABLES = (
    "territory.region",
    "territory.department",
    "territory.commune",
    "territory.former_commune",
    "territory.postal_code",
    "territory.cedex",
    "territory.outline",
    "territory.search_radius",
    "territory.sas",
    "territory.sas_department",
)

REGIONS = (
    "REG,CHEFLIEU,TNCC,NCC,NCCENR,LIBELLE\n84,69123,1,AUVERGNE,Auvergne,Auvergne-Rhône-Alpes\n"
    "11,75056,1,IDF,Idf,Île-de-France\n04,97411,0,REUNION,Reunion,La Réunion\n"
)
DEPARTMENTS = (
    "DEP,REG,CHEFLIEU,TNCC,NCC,NCCENR,LIBELLE\n01,84,01053,5,AIN,Ain,Ain\n75,11,75056,0,PARIS,Paris,Paris\n"
    "974,04,97411,0,LA REUNION,La Réunion,La Réunion\n"
)
OVERSEAS = (
    "code_commune,nom_commune,code_collectivite,nom_collectivite,code_postal,population\n"
    "97801,Saint-Martin,978,Saint-Martin,97150,31160\n"
)
_HEADER = "TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,CAN,COMPARENT\n"
_MOVES_HEADER = (
    "MOD,DATE_EFF,TYPECOM_AV,COM_AV,TNCC_AV,NCC_AV,NCCENR_AV,LIBELLE_AV,"
    "TYPECOM_AP,COM_AP,TNCC_AP,NCC_AP,NCCENR_AP,LIBELLE_AP\n"
)


HEXASMAL = "#Code_commune_INSEE;Nom_de_la_commune;Code_postal;Libellé_d_acheminement;Ligne_5\n"


def read(conn: psycopg.Connection, query: Any) -> list[tuple[Any, ...]]:
    """Rows of a query, as the other connections have left the tables."""
    conn.rollback()
    return conn.execute(query).fetchall()


def commune(code: str, name: str, department: str, kind: str = "COM", parent: str = "") -> str:
    """A line of `communes.csv`."""
    return f"{kind},{code},84,{department},,,0,{name.upper()},{name},{name},,{parent}\n"


def movement(day: str, before: tuple[str, str, str], after: tuple[str, str, str], kind: str = "32") -> str:
    """A line of `mouvements-communes.csv`: (type, code, name) before and after."""
    (t1, c1, n1), (t2, c2, n2) = before, after
    return f"{kind},{day},{t1},{c1},0,{n1.upper()},{n1},{n1},{t2},{c2},0,{n2.upper()},{n2},{n2}\n"


COMMUNES_2015 = [
    commune("01015", "Arbignieu", "01"),
    commune("01340", "Saint-Bois", "01"),
    commune("01053", "Bourg-en-Bresse", "01"),
    commune("75056", "Paris", "75"),
    commune("75104", "Paris 4e Arrondissement", "75", kind="ARM", parent="75056"),
    commune("97411", "Saint-Denis", "974"),
]
COMMUNES_2016 = [
    commune("01015", "Arboys en Bugey", "01"),
    commune("01015", "Arbignieu", "", kind="COMD", parent="01015"),
    *COMMUNES_2015[2:],
]
MOVES_2016 = (
    movement("2016-01-01", ("COM", "01015", "Arbignieu"), ("COMD", "01015", "Arbignieu"))
    + movement("2016-01-01", ("COM", "01015", "Arbignieu"), ("COM", "01015", "Arboys en Bugey"))
    + movement("2016-01-01", ("COM", "01340", "Saint-Bois"), ("COM", "01015", "Arboys en Bugey"))
)


def write_cog(
    folder: Path, communes: list[str], movements: str = "", *, departments: str = DEPARTMENTS
) -> list[Path]:
    """The five files of an edition."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "communes.csv": _HEADER + "".join(communes),
        "departements.csv": departments,
        "regions.csv": REGIONS,
        "collectivites-outremer.csv": OVERSEAS,
        "mouvements-communes.csv": _MOVES_HEADER + movements,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


@pytest.fixture
def edition_2015(tmp_path: Path) -> list[Path]:
    return write_cog(tmp_path / "2015", COMMUNES_2015)


@pytest.fixture
def edition_2016(tmp_path: Path) -> list[Path]:
    return write_cog(tmp_path / "2016", COMMUNES_2016, MOVES_2016)


@pytest.fixture
def load(database: DatabaseSettings, home: HomeSettings) -> Callable[..., Outcome]:
    """`ingest` on the database of the test; applied unless told otherwise."""

    def loader(source: str, paths: list[Path] | Path, **options: Any) -> Outcome:
        files = [paths] if isinstance(paths, Path) else paths
        asked: dict[str, Any] = {"apply": True, **options}
        return ingest(source, files, database=database, home=home, **asked)

    return loader


@pytest.fixture
def country(load: Callable[..., Outcome], edition_2016: list[Path]) -> list[Path]:
    """The geographic code of 2016, in service."""
    load("cog", edition_2016)
    return edition_2016


@pytest.fixture
def put(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Write a file and give its path."""

    def writer(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return writer


def export(dsn: str) -> dict[str, bytes]:
    """Every territorial table as text, in the order of its rows' text: equal exports are equal tables."""
    tables: dict[str, bytes] = {}
    with psycopg.connect(dsn) as conn:
        for table in TABLES:
            with conn.cursor().copy(
                f"COPY (SELECT t.*::text AS row FROM {table} AS t ORDER BY 1) TO STDOUT"  # noqa: S608
            ) as copy:
                tables[table] = b"".join(bytes(part) for part in copy)
    return tables


@pytest.fixture
def exported(database: DatabaseSettings) -> Callable[[], dict[str, bytes]]:
    """Export of the database of the test."""
    assert database.database_url is not None
    dsn = database.database_url.get_secret_value()
    return lambda: export(dsn)
