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

pytestmark = [pytest.mark.postgis, pytest.mark.usefixtures("placed")]
_SCRIPT = Path(__file__).with_name("killed_annuaire.py")
_ROOT = Path(__file__).resolve().parents[4]


def test_a_load_of_people_killed_at_each_stage_leaves_the_former_directory(
    load: Callable[..., Outcome],
    activity: Callable[..., Path],
    export: Callable[[], str],
    database: DatabaseSettings,
    home: HomeSettings,
):
    assert database.database_url is not None
    dsn = database.database_url.get_secret_value()
    load("annuaire", activity({}, {"person": 2, "number": "3"}))
    former = export()
    newer = activity({"phone": "0199000009"}, {"person": 3, "number": "5"})
    for stage in ("read", "match", "geocode", "check", "difference", "swap", "swapped"):
        done = subprocess.run(
            [sys.executable, str(_SCRIPT), dsn, str(home.path), stage, str(newer)],
            check=False,
            env={**os.environ, "PYTHONPATH": str(_ROOT)},
            capture_output=True,
            timeout=60,
        )
        assert done.returncode == -9, (stage, done.stderr.decode()[-500:])
        assert export() == former, stage
    outcome = load("annuaire", newer)
    assert outcome.resumed
    ended = export()
    assert load("annuaire", newer, force=True).difference["directory.offer"].empty
    assert export() == ended
    assert ended != former
