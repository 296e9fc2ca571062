"""What an answer is worth: number, street and commune right or wrong, metres; and the figures of many."""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.distance import haversine_m

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.peer.question import Question

Feature = dict[str, Any]
"""An answer in GeoJSON, as the API of addok gives it."""

ACCEPTED_SCORE: Final = 0.5
_STREET_LEVELS: Final = frozenset({"housenumber", "street", "locality"})
_STREET_ID: Final = re.compile(r"[^_]+_[^_]+")


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer judged; None where the question does not ask for that level.

    accepted      the first answer is a street or a number, told with a score of one half or more
    false_number  a number was answered where the base has not the one asked
    metres        from the address asked to the first answer; None without one
    """

    kind: str
    number: bool | None
    street: bool | None
    commune: bool
    accepted: bool
    false_number: bool
    metres: float | None


def judge(question: Question, features: Sequence[Feature]) -> Verdict:
    """Verdict on the first answer, or on the best of the first `question.among`."""
    seen = features[: question.among]
    first = features[0]["properties"] if features else {}
    asks_number = question.level == "housenumber"
    asks_street = asks_number or question.level == "street"
    return Verdict(
        kind=question.kind,
        number=any(_is_number(feature, question) for feature in seen) if asks_number else None,
        street=any(_is_street(feature, question) for feature in seen) if asks_street else None,
        commune=any(feature["properties"].get("citycode") in question.communes for feature in seen),
        accepted=first.get("type") in _STREET_LEVELS and first.get("score", 0.0) >= ACCEPTED_SCORE,
        false_number=question.level == "street" and first.get("type") == "housenumber",
        metres=_metres(features[0], question) if features and asks_street else None,
    )


def _is_number(feature: Feature, question: Question) -> bool:
    facts = feature["properties"]
    return facts.get("type") == "housenumber" and str(facts.get("id", "")) in question.numbers


def _is_street(feature: Feature, question: Question) -> bool:
    facts = feature["properties"]
    match = _STREET_ID.match(str(facts.get("id", "")))
    return facts.get("type") in _STREET_LEVELS and match is not None and match[0] in question.streets


def _metres(feature: Feature, question: Question) -> float:
    lon, lat = feature["geometry"]["coordinates"]
    return haversine_m(lon=question.lon, lat=question.lat, to_lon=lon, to_lat=lat)


def failed(verdict: Verdict) -> bool:
    """Whether the answer misses something the question asks, or accepts a street that does not exist."""
    if verdict.kind == "absent_street":
        return verdict.accepted
    return verdict.number is False or verdict.street is False or not verdict.commune


def recall(verdicts: Iterable[Verdict]) -> dict[str, dict[str, float | None]]:
    """By kind: shares right at the level of the number, the street and the commune; `questions` their count.

    A level that a kind does not ask is None. `absent_street` has a share `accepted` instead.
    """
    groups: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        groups[verdict.kind].append(verdict)
    return {
        kind: {
            "questions": float(len(group)),
            "number": _share([verdict.number for verdict in group]),
            "street": _share([verdict.street for verdict in group]),
            "commune": _share([verdict.commune for verdict in group]),
            "accepted": _share([verdict.accepted for verdict in group]),
            "false_number": _share([verdict.false_number for verdict in group]),
        }
        for kind, group in groups.items()
    }


def means(figures: dict[str, dict[str, float | None]], *, without: Sequence[str] = ()) -> dict[str, float]:
    """Mean over the kinds, each counting once, of the levels they ask."""
    kinds = [facts for kind, facts in figures.items() if kind != "absent_street" and kind not in without]
    found: dict[str, float] = {}
    for level in ("number", "street", "commune"):
        shares = [share for facts in kinds if (share := facts[level]) is not None]
        if shares:
            found[level] = statistics.fmean(shares)
    return found


def distances(verdicts: Iterable[Verdict]) -> dict[str, float]:
    """Median and 95th percentile of the metres, over every answer to a question that has a position."""
    metres = sorted(verdict.metres for verdict in verdicts if verdict.metres is not None)
    if not metres:
        return {}
    return {"median_m": metres[len(metres) // 2], "p95_m": metres[int(len(metres) * 0.95)]}


def _share(values: Sequence[bool | None]) -> float | None:
    asked = [value for value in values if value is not None]
    return sum(asked) / len(asked) if asked else None
