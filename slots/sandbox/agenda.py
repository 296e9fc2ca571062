"""Free and busy times of a simulated agenda: drawn by a digest, the same for whoever asks. Pure."""

from __future__ import annotations

import hashlib
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slots.sandbox.people import Holder, Office

_FIRST = time(8)
_STEP = timedelta(minutes=15)
_STEPS = 44  # up to 19:00
_VISIBILITIES = (("PUBLIC", "PRO"), ("SNP",), ("PRO",), ("PUBLIC", "PRO", "SNP"))
_KINDS = (("AMB",), ("AMB",), ("AMB", "VR"), ("VR",), ("AMB", "HH"))
_REASONS = ("Consultation", "Soin non programmé", "Renouvellement", "")


class Time(NamedTuple):
    """A stretch of an agenda; `start` and `end` are in the zone of the place."""

    key: str
    start: datetime
    end: datetime
    free: bool
    visibility: tuple[str, ...]
    kinds: tuple[str, ...]
    reason: str
    walk_in: bool
    cpts: bool


def times(brand: str, holder: Holder, office: Office, start: datetime, end: datetime) -> Iterator[Time]:
    """What this agenda holds in a window, in order of time; about three free times a day, some days none."""
    zone = ZoneInfo(office.timezone)
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        dice = hashlib.blake2b(f"{brand}:{holder.id}:{office.key}:{day}".encode(), digest_size=24).digest()
        steps = sorted({dice[rank] % _STEPS for rank in range(dice[0] % 7)})
        for rank, step in enumerate(steps, start=8):
            # Local wall time: the offset is that of the day, on both sides of a clock change.
            begins = datetime.combine(day, _FIRST, tzinfo=zone) + step * _STEP
            if start <= begins <= end:
                yield Time(
                    key=f"{day:%m%d}-{step}",
                    start=begins,
                    end=begins + _STEP,
                    free=dice[rank] % 5 != 0,
                    visibility=_VISIBILITIES[dice[rank] % len(_VISIBILITIES)],
                    kinds=_KINDS[dice[rank] % len(_KINDS)],
                    reason=_REASONS[dice[rank + 4] % len(_REASONS)],
                    walk_in=dice[rank + 4] % 11 == 0,
                    cpts=dice[rank + 4] % 13 == 0,
                )
        day += timedelta(days=1)
