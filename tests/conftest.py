"""Fixtures of every tier.

PostGIS tests run on a private cluster of their own. The migrations are applied once, to a template database;
each test that asks for `database` gets a clone of it, dropped at the end.
"""

from __future__ import annotations

import os
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import psycopg
import pytest
from psycopg import sql

from care.specialty import nomenclature, specialty_id
from core.db import cluster
from core.db.connect import connect
from core.db.migrate import migrate_dsn
from core.settings import DatabaseSettings, HomeSettings
from ingest.pipeline import ingest
from tests.clones import Clones
from tests.geocoding_base import ban_csv, fill_territory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

# No test is timed: a busy machine takes longer, and is not wrong.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

# What a test has just written is what the next search reads.
os.environ.setdefault("SAS_SEARCH_INDEX_MAX_AGE_S", "0")

ROOT = Path(__file__).resolve().parent.parent
OFFICIAL = Path(os.environ.get("SAS_OFFICIAL_EXTRACTS", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def official() -> Path:
    """Folder of the real official extracts; the test is skipped, with the reason, when it is absent."""
    if not OFFICIAL.is_dir():
        pytest.skip(f"no official extracts at {OFFICIAL} (set SAS_OFFICIAL_EXTRACTS)")
    return OFFICIAL


@pytest.fixture(scope="session")
def test_cluster() -> Path:
    """Home of the cluster of the tests, running; left running for the next run."""
    home = HomeSettings().path / "test"
    cluster.ensure(home, durable=False)
    return home


def _admin(home: Path) -> psycopg.Connection:
    return psycopg.connect(cluster.conninfo(home, database="postgres"), autocommit=True)


@pytest.fixture(scope="session")
def template_database(test_cluster: Path) -> Iterator[str]:
    """Name of a migrated, empty database, made once per run."""
    name = f"template_{uuid.uuid4().hex[:12]}"
    with _admin(test_cluster) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        migrate_dsn(cluster.conninfo(test_cluster, database=name))
        yield name
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def clones(test_cluster: Path, template_database: str) -> Iterator[Clones]:
    """Fresh clones of the migrated database."""
    made = Clones(test_cluster, template_database)
    yield made
    made.close()


@contextmanager
def clone(test_cluster: Path, clones: Clones) -> Iterator[DatabaseSettings]:
    """Settings of a fresh clone of the migrated database, dropped at the end."""
    name = clones.take()
    yield DatabaseSettings.model_validate({"database_url": cluster.conninfo(test_cluster, database=name)})
    clones.leave(name)


@pytest.fixture
def database(test_cluster: Path, clones: Clones) -> Iterator[DatabaseSettings]:
    """Settings of a fresh clone of the migrated database."""
    with clone(test_cluster, clones) as found:
        yield found


@pytest.fixture(scope="session")
def geocoding_database(
    test_cluster: Path, clones: Clones, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DatabaseSettings]:
    """Settings of a database that holds the invented corner of France of the geocoder; to be read only."""
    folder = tmp_path_factory.mktemp("geocoding")
    home = HomeSettings.model_validate({"home": folder / "home"})
    with clone(test_cluster, clones) as found:
        with connect(found, home, role="owner") as connection:
            fill_territory(connection)
        path = folder / "adresses-invented.csv"
        path.write_bytes(ban_csv())
        assert ingest("ban", [path], apply=True, database=found, home=home).applied
        yield found


@pytest.fixture
def home(tmp_path: Path) -> HomeSettings:
    """An empty `SAS_HOME`."""
    return HomeSettings.model_validate({"home": tmp_path / "home"})


@pytest.fixture
def conn(database: DatabaseSettings, home: HomeSettings) -> Iterator[psycopg.Connection]:
    """A connection to a fresh clone, as the owner."""
    with connect(database, home, role="owner") as connection:
        yield connection


@pytest.fixture
def add_offers(database: DatabaseSettings, home: HomeSettings) -> Callable[..., list[str]]:
    """Adds located offers to the directory, the way a load leaves them, with safe defaults.

    Each offer is a mapping: `lon`, `lat`, and optionally `specialty` (code), `department`, `idnps`, `kind`,
    `finess`, `name`, `timezone`, `citycode`, `level`. Returns their identifiers, in order.
    """

    def add(offers: Iterable[Mapping[str, Any]]) -> list[str]:
        with connect(database, home, role="owner") as connection:
            return [_add_offer(connection, number, given) for number, given in enumerate(offers)]

    return add


_OFFER = """
WITH territory AS (
  INSERT INTO territory.department VALUES (%(department)s, %(department_name)s, NULL, %(timezone)s, 2154)
  ON CONFLICT DO NOTHING
), address AS (
  INSERT INTO directory.address (address_id, number, street_type, street_name, postal_code, office, citycode,
    department_code, lon, lat, position_level, position_score)
  VALUES (%(address_id)s, '12', 'R', 'DES LILAS', '75011', 'PARIS', %(citycode)s, %(department)s, %(lon)s,
    %(lat)s, %(level)s, 0.9)
), person AS (
  INSERT INTO directory.practitioner (idnps, rpps, family_name, given_name, profession_code)
  SELECT %(idnps)s::text, substr(%(idnps)s::text, 2), 'EXEMPLE', 'Alice', '10'
  WHERE %(idnps)s::text IS NOT NULL
  ON CONFLICT DO NOTHING
), sheet AS (
  INSERT INTO directory.offer (offer_id, kind, source, idnps, finess, name, specialty_codes, address_id,
    own_address_id, source_file, source_line, source_date, content_hash, run_id)
  VALUES (%(offer_id)s, %(kind)s, 'annuaire', %(idnps)s, %(finess)s, %(name)s, ARRAY[%(specialty)s],
    %(address_id)s, %(address_id)s, 'f.txt', 2, '2026-11-20', %(offer_id)s, 1)
)
INSERT INTO directory.offer_specialty (specialty_id, offer_id, department_code, location)
VALUES (%(group_id)s, %(offer_id)s, %(department)s, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326))
"""


def _add_offer(connection: psycopg.Connection, number: int, given: Mapping[str, Any]) -> str:
    row = {
        "offer_id": str(uuid.uuid4()),
        "address_id": uuid.uuid4(),
        "specialty": "SM54",
        "department": "75",
        "timezone": "Europe/Paris",
        "citycode": "75111",
        "level": "housenumber",
        "kind": "practitioner",
        "idnps": f"8999{number:08d}",
        "finess": None,
        "name": f"EXEMPLE Alice {number}",
        **given,
    }
    if row["kind"] == "structure":
        row["idnps"] = None
    known = nomenclature().get(row["specialty"])
    row["group_id"] = specialty_id(known.group_code if known is not None else row["specialty"])
    row["department_name"] = f"Département {row['department']}"
    connection.execute(_OFFER, row)
    return row["offer_id"]
