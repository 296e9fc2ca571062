"""Verbs on a `SAS_HOME` whose private cluster is absent or stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli.database import ready, wake
from core.db import cluster
from core.db.connect import connect
from core.db.migrate import require_current
from core.settings import DatabaseSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.settings import HomeSettings

pytestmark = pytest.mark.postgis


@pytest.fixture
def private(home: HomeSettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[DatabaseSettings]:
    """No database is named: the private one of an empty home."""
    monkeypatch.delenv("SAS_DATABASE_URL", raising=False)
    yield DatabaseSettings.model_validate({"database_url": None})
    cluster.remove(home.path)


def test_a_reading_verb_makes_no_cluster_and_starts_one_that_is_stopped(
    private: DatabaseSettings, home: HomeSettings
):
    wake(private, home)
    assert not cluster.exists(home.path)
    ready(private, home)
    require_current(private, home)
    assert cluster.stop(home.path)
    wake(private, home)
    with connect(private, home, role="reader") as conn:
        found = conn.execute("SELECT count(*) FROM directory.specialty").fetchone()
    assert found is not None
    assert found[0] > 100


def test_a_database_that_somebody_named_is_left_as_it_is(private: DatabaseSettings, home: HomeSettings):
    named = DatabaseSettings.model_validate({"database_url": "postgresql://nobody@127.0.0.1:1/absent"})
    wake(named, home)
    ready(named, home)
    assert not cluster.exists(home.path)
