"""The demonstration, step by step: database, invented files, loads, generated maps, server.

Each step is skipped when its result is there and current: the database by its migrations, the files by their
manifest, the loads by the fingerprint of their files, the maps by the loads they were drawn from. Killed
anywhere, the next run carries on.
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

from cli.progress import thousands
from core.clock import utc_now
from core.db.connect import connect
from core.errors import SystemMissing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import psycopg

    from cli.progress import Display
    from core.settings import DatabaseSettings, HomeSettings

_ROOM_GB = {"small": 1, "demo": 4, "national": 40}
_SEED = 1
_MAP_DEPARTMENT = "75"


def prepare(
    database: DatabaseSettings,
    home: HomeSettings,
    *,
    scale: str,
    departments: Sequence[str],
    display: Display,
) -> list[Path]:
    """Bring the demonstration of this size to service; returns the generated maps.

    Raises
    ------
    SystemMissing        something is missing on this machine, or there is no room on the disk
    SourceError          a file of the demonstration was refused
    StorageUnavailable   the database does not answer
    """
    from cli.database import prepare as prepare_database
    from cli.demonstration_agenda import fill

    folder = home.path / "demo" / "-".join([scale, *departments])
    if not folder.exists():
        _require_room(home.path, gigabytes=_ROOM_GB.get(scale, 0))
    display.heading("Base de données")
    applied = prepare_database(database, home)
    if applied:
        display.note(f"{len(applied)} migrations appliquées")
    _write_files(folder, home, scale=scale, departments=departments, display=display)
    _load(folder, database, home, display=display)
    display.heading("Agendas SAS")
    given = fill(database, home)
    display.note(f"{given} professionnels" if given else "déjà remplis")
    return _draw(database, home, department=shown_department(scale, departments), display=display)


def shown_department(scale: str, departments: Sequence[str]) -> str:
    """The department the examples show: one of those loaded, Paris when the whole country is."""
    from demo.scale import SCALES

    loaded = departments or SCALES[scale].departments
    return loaded[0] if loaded else _MAP_DEPARTMENT


def _require_room(home: Path, *, gigabytes: int) -> None:
    free = shutil.disk_usage(home).free
    if free < gigabytes << 30:
        raise SystemMissing(
            f"Disque presque plein : la démonstration demande {gigabytes} Go, il en reste {free / 2**30:.1f} "
            f"dans {home}. Donnez un autre SAS_HOME, ou moins de départements (DEPARTMENTS=75,93)."
        )


def _write_files(
    folder: Path, home: HomeSettings, *, scale: str, departments: Sequence[str], display: Display
) -> None:
    from demo import generate
    from demo.request import Request

    display.heading("France inventée")
    asked = Request.checked(scale=scale, departments=departments, seed=_SEED, output=folder, home=home.path)
    facts = generate.run(asked, display)
    display.note(f"{facts['seconds']:.0f} s" if "seconds" in facts else "fichiers déjà écrits")


def _load(folder: Path, database: DatabaseSettings, home: HomeSettings, *, display: Display) -> None:
    from demo.layout import files_by_source
    from ingest.pipeline import ingest
    from ingest.registry import roads

    files = files_by_source(folder)
    for source in roads():
        if not files.get(source):
            continue
        display.heading(f"Chargement : {source}")
        outcome = ingest(
            source,
            files[source],
            apply=True,
            database=database,
            home=home,
            accept_shrink=True,
            progress=display,
        )
        if outcome.unchanged:
            display.note("déjà en service")
        else:
            rejected = f", {thousands(outcome.rejected)} rejetées" if outcome.rejected else ""
            display.note(f"{thousands(outcome.counts.get('read', 0))} lignes lues{rejected}")


def _loads_in_service(conn: psycopg.Connection[Any]) -> list[tuple[str, int]]:
    from ingest.registry import roads
    from ingest.run import previous_applied

    found = [(source, previous_applied(conn, source)) for source in roads()]
    return [(source, applied.run_id) for source, applied in found if applied is not None]


def _draw(database: DatabaseSettings, home: HomeSettings, *, department: str, display: Display) -> list[Path]:
    """Maps of the deployment and of the offers of one department, unless drawn from the same loads."""
    from maps.folium_map import deployment_map, offer_map
    from maps.layers import choose, deployment_facts, offer_layers, outlines

    folder = home.path / "maps"
    files = [folder / "deploiement.html", folder / f"offre-{department}.html"]
    stamp = folder / "drawn-from.json"
    with connect(database, home, role="loader") as conn:
        drawn_from = json.dumps([*_loads_in_service(conn), department])
        if all(path.exists() for path in files) and stamp.exists() and stamp.read_text() == drawn_from:
            return files
        display.heading("Cartes")
        folder.mkdir(parents=True, exist_ok=True)
        stamp.unlink(missing_ok=True)
        today = utc_now().date()
        rows, source_date = deployment_facts(conn)
        page = deployment_map(rows, outlines(conn, None), source_date=source_date, made_on=today)
        files[0].write_text(page, encoding="utf-8")
        layers = offer_layers(conn, choose(conn, departments=[department], specialty=None))
        title = f"Offre de soins : {', '.join(item.name for item in layers.outlines) or department}"
        files[1].write_text(offer_map(layers, title=title, made_on=today), encoding="utf-8")
        stamp.write_text(drawn_from)
    return files
