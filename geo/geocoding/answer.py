"""An answer, and how answers stand to one another: their order, twins, towns told apart by a street."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geo.distance import haversine_m
from geo.geocoding import score as scoring
from geo.territory import PARENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.geocoding.street import House, Street

_APART_M = 150.0
_AS_GOOD = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """An answer.

    level     `housenumber`, `street`, `locality`, `municipality`, `none`
    score     chance that it is right, 0 to 1
    lon, lat  degrees, EPSG:4326; None at level `none`, or for a commune without a known centre
    commune, street, number   how each was found; `street` is `not-asked` or `none` when there is none
    likeness  of the street asked and the one answered
    type_match   how the types of both agree: key of `geo.geocoding.score.TYPE`
    reading      how the words were read: key of `geo.geocoding.score.READING`
    """

    level: str = "none"
    score: float = 0.0
    lon: float | None = None
    lat: float | None = None
    citycode: str = ""
    found: Street | None = None
    house: House | None = None
    commune: str = "none"
    street: str = "not-asked"
    number: str = "not-asked"
    likeness: float = 1.0
    type_match: str = "same"
    reading: str = "line"

    @property
    def reason(self) -> str:
        """The three parts in one stable text: "commune code; street exact; number none"."""
        like = f" ({self.likeness:.2f})" if self.street in {"skeleton", "fuzzy"} else ""
        return f"commune {self.commune}; street {self.street}{like}; number {self.number}"


def order(answer: Located) -> tuple[float, bool, int, int]:
    """Best score first; then a number rather than none, the most numbered street, the lowest identifier."""
    found = answer.found
    return (
        -answer.score,
        answer.house is None,
        -(found.numbers if found else 0),
        found.street_id if found else 0,
    )


def told_of_twins(answers: list[Located]) -> list[Located]:
    """Answers, in order, each worth less when others as good as the best one stand elsewhere."""
    if not answers:
        return answers
    best = answers[0]
    twins = sum(other.score > best.score - _AS_GOOD and _apart(best, other) for other in answers[1:])
    if not twins:
        return answers
    return [replace(answer, score=answer.score * scoring.twin(twins)) for answer in answers]


def shared(guesses: list[Located]) -> list[Located]:
    """Guesses, each worth less when the best are in several towns: nothing typed tells between them."""
    best = max(guesses, key=lambda guess: guess.score, default=None)
    if best is None:
        return guesses
    towns = {PARENTS.get(g.citycode, g.citycode) for g in guesses if g.score > best.score - _AS_GOOD}
    if len(towns) < 2:
        return guesses
    # Of towns of one name, the most inhabited is most often meant; of streets, none is.
    others = len(towns) - 1 if best.found is not None else 1
    return [replace(guess, score=guess.score * scoring.twin(others)) for guess in guesses]


def _apart(first: Located, second: Located) -> bool:
    if first.lon is None or second.lon is None or first.lat is None or second.lat is None:
        return False
    return haversine_m(lon=first.lon, lat=first.lat, to_lon=second.lon, to_lat=second.lat) > _APART_M


def typed_right(answers: list[Located]) -> list[Located]:
    """Answers of another type lowered where a street of that name and of the type asked exists."""
    known = any(answer.type_match == "same" and answer.street == "exact" for answer in answers)
    if not known:
        return answers
    ratio = scoring.TYPE["other-known"] / scoring.TYPE["other"]
    return [
        replace(answer, type_match="other-known", score=answer.score * ratio)
        if answer.type_match == "other"
        else answer
        for answer in answers
    ]


def told_apart(answers: list[Located], citycodes: Sequence[str]) -> list[Located]:
    """Answers whose street tells between towns that the words left undecided (one name, one postal code)."""
    towns = {PARENTS.get(code, code) for code in citycodes}
    if len(towns) < 2 or not answers:
        return answers
    best = max(answer.score for answer in answers)
    near = {PARENTS.get(a.citycode, a.citycode) for a in answers if a.score > best * 0.9}
    regained = scoring.TOLD_APART * len(towns) / len(near)
    return [replace(answer, score=answer.score * max(1.0, regained)) for answer in answers]


def rounded(answer: Located) -> Located:
    """The answer with a score of four decimals, 1 at most."""
    score = round(min(answer.score, 1.0), 4)
    return answer if score == answer.score else replace(answer, score=score)


def with_house(answer: Located, house: House) -> Located:
    """The answer moved to a number of its street that was found afterwards."""
    level = "housenumber" if house.how != "interpolated" else answer.level
    ratio = scoring.NUMBER[house.how] / scoring.NUMBER["none"]
    return replace(
        answer,
        level=level,
        house=house,
        number=house.how,
        lon=house.lon,
        lat=house.lat,
        score=answer.score * ratio,
    )
