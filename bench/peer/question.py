"""A question and the answers it accepts, as kept from one run to the next."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, and what is right.

    text       free text; fields: the same as split fields, when the kind has some
    level      deepest level there is to find: `housenumber`, `street`, `municipality`; `none` when the street
               does not exist in that commune
    numbers    identifiers of the base that are right at the level of the number (several when the text does
               not tell homonyms apart); streets and communes likewise
    lon, lat   degrees, of the address drawn
    among      how many answers are looked at
    real       whether the address is a real one
    """

    kind: str
    text: str
    level: str
    numbers: tuple[str, ...] = ()
    streets: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    lon: float = 0.0
    lat: float = 0.0
    among: int = 1
    real: bool = False
    fields: dict[str, str] | None = None


def write(path: Path, questions: Iterable[Question]) -> None:
    """One JSON object per line."""
    draft = path.with_suffix(".part")
    with draft.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(question), ensure_ascii=False) + "\n" for question in questions)
    draft.replace(path)


def read(path: Path) -> list[Question]:
    """What `write` wrote."""
    with path.open(encoding="utf-8") as file:
        return [_question(json.loads(line)) for line in file]


def _question(facts: dict[str, object]) -> Question:
    lists = {name: tuple(facts[name]) for name in ("numbers", "streets", "communes")}  # pyright: ignore[reportArgumentType]
    return Question(**(facts | lists))  # pyright: ignore[reportArgumentType]
