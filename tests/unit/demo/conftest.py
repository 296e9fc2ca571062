"""One invented France for the whole session: Corse-du-Sud, Rhône and Mayotte at the small scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.errors import SystemMissing
from core.settings import HomeSettings
from demo import france, generate, outlines, packages
from demo.request import Request

if TYPE_CHECKING:
    from pathlib import Path

DEPARTMENTS = ("2A", "69", "976")


@pytest.fixture(scope="session")
def facts_home() -> Path:
    """Home whose cache holds the outlines; skipped, with the reason, when the set-up has not brought them."""
    home = HomeSettings().path
    try:
        packages.decoupage()
        packages.outlines(home=home)
    except SystemMissing as missing:
        pytest.skip(missing.message)
    return home


@pytest.fixture(scope="session")
def country(facts_home: Path) -> france.France:
    return france.load(packages.decoupage())


@pytest.fixture(scope="session")
def shapes(facts_home: Path, country: france.France) -> dict:
    return outlines.read(packages.outlines(home=facts_home), country.departments)


@pytest.fixture(scope="session")
def invented(facts_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the files of three departments, written once."""
    folder = tmp_path_factory.mktemp("invented")
    generate.run(
        Request.checked(
            scale="small",
            departments=DEPARTMENTS,
            seed=7,
            output=folder,
            home=facts_home,
            what=("ban", "finess", "annuaire"),
            processes=1,
        )
    )
    return folder
