"""Travel times by OSRM, an engine of its own: an optional extra (`pip install .[osrm]`, Python 3.12 or
newer).

Not served: it is the yardstick that our own times are measured against. Its data are prepared by the programs
of the same package (`osrm-extract`, `osrm-contract`). It holds the interpreter's lock for the whole of a
call.
"""

from __future__ import annotations

import subprocess
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import FileUnreadable, SystemMissing
from geo.travel.times import Minutes, Reach, Source, Targets, within

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from geo.point import Point
    from geo.travel.times import ProfileName

_PREPARE_S = 3600


def package() -> Path:
    """Folder of the package `osrm`.

    Raises
    ------
    SystemMissing   it is not installed, or this Python is older than 3.12
    """
    try:
        return Path(str(import_module("osrm").__file__)).parent
    except ImportError:
        raise SystemMissing(
            "OSRM n'est pas installé : pip install '.[osrm]' (Python 3.12 ou plus)."
        ) from None


def prepare_data(extract: Path, folder: Path) -> Path:
    """The data of OSRM's car profile for an extract, made in a folder: about five times its size in memory.

    Raises
    ------
    SystemMissing    see `package`
    FileUnreadable   OSRM cannot read the extract
    """
    programs = package()
    copied = folder / extract.name
    if not copied.exists():
        copied.symlink_to(extract.resolve())
    data = folder / f"{extract.name.removesuffix('.osm.pbf')}.osrm"
    steps = (
        [programs / "bin" / "osrm-extract", "-p", programs / "share" / "profiles" / "car.lua", copied],
        [programs / "bin" / "osrm-contract", data],
    )
    for step in steps:
        done = subprocess.run(  # noqa: S603 - the programs of the package, on files of ours
            [str(part) for part in step], cwd=folder, check=False, capture_output=True, timeout=_PREPARE_S
        )
        if done.returncode != 0:
            raise FileUnreadable(f"OSRM ne peut pas lire {extract.name}.", file=extract.name)
    return data


class Osrm:
    """The same questions as to our own network, answered by OSRM's table; no isochrone, which it does not
    have.
    """

    def __init__(self, data: Path, *, as_of: date | None = None) -> None:
        package()
        self._engine: Any = import_module("osrm")
        self._service = self._engine.OSRM(storage_config=str(data), use_shared_memory=False)
        self._as_of = as_of

    @property
    def source(self) -> Source:
        """By the road."""
        return "road"

    @property
    def as_of(self) -> date | None:
        """Date of the extract, as given."""
        return self._as_of

    @property
    def profile(self) -> ProfileName:
        """By car."""
        return "car"

    @property
    def factor(self) -> float:
        """As OSRM says."""
        return 1.0

    def prepare(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Targets:
        """The places as they are: OSRM finds them at each call."""
        lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        return Targets(
            lon=lon, lat=lat, node=np.full(len(lon), -1, dtype=np.int32), gap_min=np.zeros(len(lon))
        )

    def minutes(self, origin: Point, targets: Targets, *, limit_min: float) -> Minutes:
        """See `TravelTimes.minutes`."""
        start = self.prepare(np.array([origin.lon]), np.array([origin.lat]))
        return within(self.matrix(start, targets)[0], limit_min=limit_min, source="road", low=1.0, high=1.0)

    def nearest(self, origins: Targets, offers: Targets, *, limit_min: float) -> Minutes:
        """See `TravelTimes.nearest`: the least of the whole table."""
        times = self.matrix(origins, offers).min(axis=1, initial=np.inf)
        return within(times, limit_min=limit_min, source="road", low=1.0, high=1.0)

    def reach(self, origin: Point, minutes: Sequence[float]) -> list[Reach]:
        """OSRM has no isochrone.

        Raises
        ------
        NotImplementedError   always
        """
        raise NotImplementedError("OSRM has no isochrone")

    def matrix(self, origins: Targets, targets: Targets) -> NDArray[np.float64]:
        """Minutes from each origin to each target (n, m), infinite where there is no way."""
        if not len(origins) or not len(targets):
            return np.full((len(origins), len(targets)), np.inf)
        places = [
            *zip(origins.lon.tolist(), origins.lat.tolist(), strict=True),
            *zip(targets.lon.tolist(), targets.lat.tolist(), strict=True),
        ]
        asked = self._engine.TableParameters(
            coordinates=places,
            sources=list(range(len(origins))),
            destinations=list(range(len(origins), len(places))),
            annotations=["duration"],
        )
        rows = self._service.Table(asked)["durations"]
        return np.array([[np.inf if value is None else float(value) / 60 for value in row] for row in rows])
