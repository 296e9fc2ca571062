"""Who of the invented France fills a SAS calendar and takes part: decided by number, the same each time."""

from __future__ import annotations

import hashlib
from datetime import date, time
from pathlib import Path
from typing import Final

from care.agenda import AgendaSlot
from care.participation import Declaration
from core.db.queries import Queries

QUERIES = Queries.load(Path(__file__).with_name("sql"))

ACTOR: Final = "demo"
MOST_HOLDERS: Final = 1500
_MORNINGS: Final = (8, 9, 10)
_EVENINGS: Final = (16, 17, 18)


def _digits(idnps: str) -> bytes:
    return hashlib.sha256(f"agenda:{idnps}".encode()).digest()


def slots(idnps: str, *, today: date) -> list[AgendaSlot]:
    """The weekly slots of a practitioner: a range on some mornings, short créneaux at the end of a day."""
    digits = _digits(idnps)
    mornings = tuple(day for day in range(1, 7) if digits[day] % 2) or (1 + digits[0] % 5,)
    begin = _MORNINGS[digits[8] % 3]
    morning = AgendaSlot(
        starts_on=today,
        until=None,
        weekdays=mornings,
        start=time(begin),
        end=time(begin + 1 + digits[9] % 2),
        form="range",
        capacity=2 + digits[10] % 5,
        modalities=("AMB", "VR") if digits[11] % 4 == 0 else ("AMB",),
    )
    evening = _EVENINGS[digits[12] % 3]
    return [morning] + [
        AgendaSlot(
            starts_on=today,
            until=None,
            weekdays=(1 + digits[14] % 5,),
            start=time(evening, 15 * quarter),
            end=time(evening, 15 * quarter + 15),
            form="single",
            modalities=("HH",) if digits[15] % 5 == 0 else ("AMB",),
        )
        for quarter in range(digits[13] % 3)
    ]


def declaration(idnps: str) -> Declaration:
    """What a holder of a calendar declares: most take part, one in ten does not."""
    digits = _digits(idnps)
    if digits[16] % 10 == 0:
        return Declaration(participating=False)
    return Declaration(
        participating=True,
        en_sus=digits[17] % 3 > 0,
        via="individual",
        has_software=False,
        hours_declared=True,
        fru=digits[18] % 8 == 0,
    )
