"""Who travels: speeds by class of road, what is closed, what a crossing costs. Read from `profiles/*.toml`.

Durations, `oneway`, `maxspeed` and access follow the tags of OpenStreetMap (wiki pages of the same names).
Restrictions of turns, gates on the way and traffic are not known here.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.travel.times import ProfileName

_KMH_PER_MPH = 1.609344
_WALK_KMH = 7.0
# Limits given by name; https://wiki.openstreetmap.org/wiki/Key:maxspeed#France
_NAMED_KMH = {"urban": 50.0, "zone30": 30.0, "rural": 80.0, "trunk": 110.0, "motorway": 130.0}
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(mph|knots|km/h|kmh|kph)?")
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3})(?::\d\d)?")
_ISO = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:\d+S)?")
_ROUNDABOUTS = {"roundabout", "circular"}


@dataclass(frozen=True, kw_only=True)
class Passage:
    """How a way may be used: speeds in km/h each way, None where closed; `ferry_min` for a crossing by
    boat.
    """

    forward_kmh: float | None
    backward_kmh: float | None
    ferry_min: float | None = None
    ferry: bool = False


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The table of one way of travelling; see the comments of `profiles/car.toml`."""

    name: ProfileName
    version: str
    factor: float
    gap_min_per_km: float
    most_gap_km: float
    junction_s: float
    of_maxspeed: float
    above_class: float
    low: float
    high: float
    speed_kmh: Mapping[str, float]
    ferry: Mapping[str, float]
    access: Mapping[str, list[str]]

    def passage(self, tags: Mapping[str, str]) -> Passage | None:
        """How a way with these tags may be used; None when it may not."""
        if self._closed(tags):
            return None
        if tags.get("route") == "ferry":
            return Passage(
                forward_kmh=self.ferry["speed_kmh"],
                backward_kmh=self.ferry["speed_kmh"],
                ferry_min=duration_min(tags.get("duration", "")),
                ferry=True,
            )
        class_kmh = self.speed_kmh.get(tags.get("highway", ""))
        if class_kmh is None or tags.get("area") == "yes":
            return None
        forward, backward = self._directions(tags)
        if not (forward or backward):
            return None
        return Passage(
            forward_kmh=self._speed(class_kmh, tags, "forward") if forward else None,
            backward_kmh=self._speed(class_kmh, tags, "backward") if backward else None,
        )

    def _closed(self, tags: Mapping[str, str]) -> bool:
        given = [tags[key] for key in self.access["keys"] if key in tags]
        return bool(given) and given[-1] in self.access["closed"]

    def _directions(self, tags: Mapping[str, str]) -> tuple[bool, bool]:
        if self.name == "foot":
            return True, True
        oneway = tags.get("oneway")
        if oneway == "reversible":  # nobody knows which way at a given hour
            return False, False
        if oneway in {"-1", "reverse"}:
            return False, True
        if oneway in {"yes", "true", "1"}:
            return True, False
        implied = tags.get("junction") in _ROUNDABOUTS or tags.get("highway") == "motorway"
        return True, oneway is not None or not implied

    def _speed(self, class_kmh: float, tags: Mapping[str, str], way: str) -> float:
        posted = maxspeed_kmh(tags.get(f"maxspeed:{way}") or tags.get("maxspeed", ""))
        if posted is None or self.name == "foot":
            return class_kmh
        return min(self.above_class * class_kmh, self.of_maxspeed * posted)


def maxspeed_kmh(text: str) -> float | None:
    """A posted limit in km/h; None when there is none or it is unreadable. Of several, the first.

    >>> maxspeed_kmh("50"), maxspeed_kmh("30 mph"), maxspeed_kmh("FR:rural"), maxspeed_kmh("none")
    (50.0, 48.28032, 80.0, None)
    """
    first = text.partition(";")[0].strip()
    if first.partition(":")[2] in _NAMED_KMH:
        return _NAMED_KMH[first.partition(":")[2]]
    if first == "walk":
        return _WALK_KMH
    found = _NUMBER.fullmatch(first)
    if found is None or float(found[1]) < 1:
        return None
    return float(found[1]) * {"mph": _KMH_PER_MPH, "knots": 1.852}.get(found[2] or "", 1.0)


def duration_min(text: str) -> float | None:
    """Minutes of a crossing, written `45`, `1:30`, `01:30:00` or `PT1H30M`; None when unreadable or nothing.

    >>> duration_min("45"), duration_min("1:30"), duration_min("PT1H30M"), duration_min("soon")
    (45.0, 90.0, 90.0, None)
    """
    found = _CLOCK.fullmatch(text.strip()) or _ISO.fullmatch(text.strip())
    if found is None:
        return None
    return 60.0 * int(found[1] or 0) + int(found[2] or 0) or None


@cache
def profile(name: ProfileName) -> Profile:
    """The table of that name."""
    return Profile(**table(name))


@cache
def table(name: str) -> dict[str, Any]:
    """What a file of parameters holds."""
    text = resources.files("geo.travel.profiles").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
