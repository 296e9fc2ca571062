"""Where the real facts are: packages that the set-up installs, none copied into the project."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from core.errors import SystemMissing

ROOT: Final = Path(__file__).resolve().parent.parent
_DECOUPAGE: Final = Path("node_modules", "@etalab", "decoupage-administratif", "data")
_OUTLINES: Final = Path("cache", "world_map.gpkg")


def decoupage(*, root: Path = ROOT) -> Path:
    """Folder of the JSON files of npm `@etalab/decoupage-administratif` (communes, departments, regions).

    Raises
    ------
    SystemMissing   the package is not installed
    """
    folder = root / _DECOUPAGE
    if not (folder / "communes.json").is_file():
        raise SystemMissing(
            "Le découpage administratif manque : lancez `npm ci --ignore-scripts`, ou `make demo`.",
            path=str(folder),
        )
    return folder


def outlines(*, home: Path) -> Path:
    """Natural Earth outlines (`world_map.gpkg` of Debian's `qgis-common`), fetched by `setup/outlines.sh`.

    Raises
    ------
    SystemMissing   the file is not in the cache of `SAS_HOME`
    """
    path = home / _OUTLINES
    if not path.is_file():
        raise SystemMissing(
            "Les contours des départements manquent : lancez `setup/outlines.sh`, ou `make demo`.",
            path=str(path),
        )
    return path
