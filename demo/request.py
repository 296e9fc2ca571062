"""What is asked of the generator."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.errors import InvalidParameter
from demo.scale import SCALES, Scale

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

VERSION: Final = 2  # raised when the same seed gives other bytes
EVERYTHING: Final = frozenset({"geography", "ban", "finess", "annuaire"})


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked: how much, where, from which seed.

    departments   codes, sorted; empty = those of the scale
    what          parts of `EVERYTHING`
    """

    scale: Scale
    departments: tuple[str, ...]
    seed: int
    output: Path
    home: Path
    what: frozenset[str] = EVERYTHING
    processes: int = 2

    @property
    def digest(self) -> str:
        """Same digest, same files."""
        facts = [
            VERSION,
            self.scale.name,
            self.scale.ratio,
            list(self.departments),
            self.seed,
            sorted(self.what),
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]

    @classmethod
    def checked(
        cls,
        *,
        scale: str,
        departments: Sequence[str],
        seed: int,
        output: Path,
        home: Path,
        what: Iterable[str] = EVERYTHING,
        processes: int | None = None,
    ) -> Request:
        """A request from what a user typed.

        Raises
        ------
        InvalidParameter   unknown scale or part, or a seed below zero
        """
        if scale not in SCALES:
            raise InvalidParameter(
                f"Échelle inconnue : {scale} (small, demo ou national).", parameter="scale"
            )
        wrong = sorted(set(what) - EVERYTHING)
        if wrong:
            raise InvalidParameter(f"Partie inconnue : {', '.join(wrong)}.", parameter="what")
        if seed < 0:
            raise InvalidParameter("La graine est un entier positif ou nul.", parameter="seed")
        chosen = tuple(sorted({code.strip().upper().zfill(2) for code in departments if code.strip()}))
        return cls(
            scale=SCALES[scale],
            departments=chosen or SCALES[scale].departments,
            seed=seed,
            output=output,
            home=home,
            what=frozenset(what),
            processes=processes or min(2, os.cpu_count() or 1),
        )
