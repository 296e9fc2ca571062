"""The ground of the lines of relevance, laid once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from core.db.connect import conninfo
from core.settings import DatabaseSettings, HomeSettings
from tests.clones import Clones
from tests.conftest import clone
from tests.relevance.ground import lay
from tests.relevance.lines import searching

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from search.live import Search


@pytest.fixture(scope="session")
def ground(
    test_cluster: Path, clones: Clones, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DatabaseSettings]:
    """A database that holds the ground; to be read only."""
    folder = tmp_path_factory.mktemp("relevance")
    home = HomeSettings.model_validate({"home": folder / "home"})
    with clone(test_cluster, clones) as found:
        lay(found, home, folder)
        yield found


@pytest.fixture
async def search(ground: DatabaseSettings, home: HomeSettings) -> AsyncIterator[Search]:
    """The public search on the ground."""
    async with (
        await psycopg.AsyncConnection.connect(conninfo(ground, home, role="reader"), autocommit=True) as conn,
        searching(conn) as opened,
    ):
        yield opened
