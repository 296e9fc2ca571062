"""Invented files to measure on, written by another process: its memory is not that of the load measured."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING, Final

from demo import generate, layout
from demo.request import Request

if TYPE_CHECKING:
    from pathlib import Path

_SEED: Final = 1
_TERRITORY: Final = ("cog", "population", "postal", "cedex", "contours", "communes", "radii")


def files_of(source: str, *, scale: str, home: Path) -> list[Path]:
    """Files of a source at a scale, kept under `SAS_HOME` from one run to the next."""
    return layout.files_by_source(_written(source, scale=scale, home=home))[source]


def territory_files(*, scale: str, home: Path) -> list[Path]:
    """Files of the communes and of what surrounds them, kept likewise."""
    by_source = layout.files_by_source(_written("geography", scale=scale, home=home))
    return [path for source in _TERRITORY for path in by_source[source]]


def _written(what: str, *, scale: str, home: Path) -> Path:
    output = home / "bench" / f"{what}-{scale}"
    asked = Request.checked(scale=scale, departments=(), seed=_SEED, output=output, home=home, what=(what,))
    writer = multiprocessing.get_context("spawn").Process(target=generate.run, args=(asked,))
    writer.start()
    writer.join()
    if writer.exitcode != 0:
        raise SystemExit(f"bench: the invented files of {what} could not be written")
    return output
