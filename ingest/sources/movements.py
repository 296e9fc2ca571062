"""Following a commune through the movements of the official geographic code, up to the communes of today.

Pure: rows in, successors out. A commune that became a delegated or associated one is followed under that
form, which tells more than the merger itself when the merger is undone later.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

_PARTS = frozenset({"COMD", "COMA"})


@dataclass(frozen=True, order=True)
class Unit:
    """A commune or a part of one: its type (`COM`, `ARM`, `COMD`, `COMA`) and its INSEE code."""

    kind: str
    code: str


@dataclass(frozen=True)
class Movement:
    """One line of the file: on that day, `before` became (or gave birth to) `after`.

    line   line of the file, for rejections
    """

    on: date
    kind: str
    before: Unit
    before_name: str
    after: Unit
    after_name: str
    line: int = 0


@dataclass(frozen=True)
class Former:
    """A code and a name that a commune bore, and the present commune that holds its ground."""

    former_citycode: str
    former_name: str
    citycode: str
    ended_on: date | None


class Movements:
    """The movements, ready to be followed.

    `present` gives the present commune of each unit of today: a commune or an arrondissement holds itself, a
    delegated or associated commune is held by its parent.
    """

    def __init__(self, movements: Iterable[Movement], present: Mapping[Unit, str]) -> None:
        self._present = present
        self._events: dict[Unit, dict[date, list[Unit]]] = defaultdict(lambda: defaultdict(list))
        self._movements = sorted(movements, key=lambda movement: (movement.on, movement.line))
        for movement in self._movements:
            self._events[movement.before][movement.on].append(movement.after)

    def successors(self, unit: Unit, since: date) -> frozenset[str]:
        """Present communes of the ground of `unit` as it stood on `since`, after the events of that day.

        Events are followed in date order; each is followed once, so that codes that map to themselves (and
        mistaken circles) end.
        """
        return self._follow(unit, since, strictly=True, seen=frozenset())

    def _follow(
        self, unit: Unit, since: date, *, strictly: bool, seen: frozenset[tuple[Unit, date]]
    ) -> frozenset[str]:
        later = sorted(
            day
            for day in self._events.get(unit, {})
            if (day > since or (day == since and not strictly)) and (unit, day) not in seen
        )
        if not later:
            return self._end(unit, since, seen)
        day = later[0]
        seen |= {(unit, day)}
        found: set[str] = set()
        for after in self._best(self._events[unit][day]):
            found |= self._follow(after, day, strictly=True, seen=seen)
        return frozenset(found)

    def _end(self, unit: Unit, since: date, seen: frozenset[tuple[Unit, date]]) -> frozenset[str]:
        held = self._present.get(unit)
        if held is not None:
            return frozenset({held})
        # Two events on one day are chained: A becomes B and B becomes C.
        if any(day == since and (unit, day) not in seen for day in self._events.get(unit, {})):
            return self._follow(unit, since, strictly=False, seen=seen)
        # A part that vanished without a movement of its own: the commune that bears its code, if any.
        held = self._present.get(Unit("COM", unit.code)) if unit.kind in _PARTS else None
        return frozenset({held}) if held is not None else frozenset()

    def _best(self, afters: list[Unit]) -> list[Unit]:
        """The part kept by the event rather than the whole that swallowed it, when both are given."""
        parts = [after for after in afters if after.kind in _PARTS]
        return sorted(set(parts or afters))

    def formers(self) -> tuple[list[Former], list[Movement]]:
        """Every code and name of the past with the present commune(s), and the movements that lead
        nowhere.
        """
        formers: list[Former] = []
        lost: list[Movement] = []
        groups: dict[tuple[Unit, str, date], list[Movement]] = defaultdict(list)
        for movement in self._movements:
            if movement.before.code:
                groups[movement.before, movement.before_name, movement.on].append(movement)
        for (before, name, day), group in groups.items():
            found: set[str] = set()
            for after in self._best([movement.after for movement in group]):
                found |= self._follow(after, day, strictly=True, seen=frozenset({(before, day)}))
            if not found:
                lost.append(group[0])
            formers += [Former(before.code, name, citycode, day) for citycode in sorted(found)]
        return formers, lost
