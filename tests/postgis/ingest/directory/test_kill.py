"""A load of the directory killed at each stage: the previous one stays, the next run ends the work."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.settings import DatabaseSettings, HomeSettings
    from ingest.pipeline import Outcome

    Write = Callable[..., Path]

pytestmark = [pytest.mark.postgis, pytest.mark.usefixtures("placed")]
_SCRIPT = Path(__file__).with_name("killed_directory.py")
_ROOT = Path(__file__).resolve().parents[4]


def _people(activity: Write, _: Write, __: Callable[..., str]) -> tuple[Path, Path]:
    former = activity({}, {"person": 2, "number": "3"})
    newer = activity({"phone": "0199000009"}, {"person": 3, "number": "5"}, name="personne-activite-2.txt")
    return former, newer


def _structures(_: Write, stock: Write, number: Callable[..., str]) -> tuple[Path, Path]:
    one, two, three = number(1), number(2), number(3)
    former = stock(({"number": one}, {}), ({"number": two, "street": "DE LA GARE"}, None))
    newer = stock(
        ({"number": one}, {"x": "872500.0", "y": "6571500.0"}),
        ({"number": three, "street": "NEUVE"}, None),
        name="etalab-cs1100507-stock-20210309-0427.csv",
    )
    return former, newer


@pytest.mark.parametrize(
    ("source", "editions", "stages"),
    [
        ("annuaire", _people, ("read", "match", "geocode")),
        ("finess", _structures, ("read", "place", "geocode")),
    ],
)
def test_a_load_killed_at_each_stage_leaves_the_former_directory(
    load: Callable[..., Outcome],
    activity: Write,
    stock: Write,
    valid_finess: Callable[..., str],
    export: Callable[[], str],
    database: DatabaseSettings,
    home: HomeSettings,
    source: str,
    editions: Callable[..., tuple[Path, Path]],
    stages: tuple[str, ...],
):
    assert database.database_url is not None
    dsn = database.database_url.get_secret_value()
    # A practitioner inside a structure: what a search sees changes in both directions.
    load("annuaire", activity({"finess": valid_finess(1)}, name="personne-activite-0.txt"))
    older, newer = editions(activity, stock, valid_finess)
    load(source, older, accept_shrink=True)
    former = export()
    for stage in (*stages, "check", "difference", "swap", "swapped"):
        done = subprocess.run(
            [sys.executable, str(_SCRIPT), dsn, str(home.path), source, stage, str(newer)],
            check=False,
            env={**os.environ, "PYTHONPATH": str(_ROOT)},
            capture_output=True,
            timeout=60,
        )
        assert done.returncode == -9, (stage, done.stderr.decode()[-500:])
        assert export() == former, stage
    outcome = load(source, newer)
    assert outcome.resumed
    ended = export()
    assert load(source, newer, force=True).difference["directory.offer"].empty
    assert export() == ended
    assert ended != former
