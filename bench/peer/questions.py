"""The whole list of questions on a base, written once and read by both geocoders."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from bench.peer import found, question
from bench.peer.drawing import country, questions_of
from bench.peer.noise import KINDS
from bench.peer.reference import streets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench.peer.base import Base
    from bench.peer.drawing import Country
    from bench.peer.question import Question

VERSION: Final = 7
"""Raised when the same seed gives other questions."""
BY_SCALE: Final = {"small": 25, "demo": 200, "national": 500}
"""Questions of each kind; twice as many absent streets."""


def prepared(base: Base, extracts: Path, *, draw: int = 0) -> list[Question]:
    """Questions of every kind, in the same order on each run; kinds whose extract is missing are left out.

    Another `draw` gives questions that nobody has looked at: what was improved on the first ones is checked
    on them.
    """
    count = BY_SCALE[base.scale]
    path = base.home / "bench" / f"questions-{base.fingerprint}-{count}-v{VERSION}-{draw}.jsonl"
    if not path.is_file():
        of = country(streets(base), cedex=found.cedex_codes(extracts), real=base.real)
        question.write(path, _all(of, extracts, count, draw))
    return question.read(path)


def _all(of: Country, extracts: Path, count: int, draw: int) -> Iterator[Question]:
    for name in KINDS:
        yield from questions_of(of, name, count, draw=draw)
    places = found.RealPlaces(of)
    yield from itertools.chain(
        found.finess_real(places, extracts, count, draw=draw),
        found.real_cases(places, extracts, count, draw=draw),
        found.absent_streets(of, extracts, 2 * count, draw=draw),
    )
