"""Invented files to measure on, written by another process: its memory is not that of the load measured."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING, Final

from demo import generate, layout
from demo.request import Request

if TYPE_CHECKING:
    from pathlib import Path

_SEED: Final = 1


def files_of(source: str, *, scale: str, home: Path) -> list[Path]:
    """Files of a source at a scale, kept under `SAS_HOME` from one run to the next."""
    output = home / "bench" / f"{source}-{scale}"
    asked = Request.checked(scale=scale, departments=(), seed=_SEED, output=output, home=home, what=(source,))
    writer = multiprocessing.get_context("spawn").Process(target=generate.run, args=(asked,))
    writer.start()
    writer.join()
    if writer.exitcode != 0:
        raise SystemExit(f"bench: the invented files of {source} could not be written")
    return layout.files_by_source(output)[source]
