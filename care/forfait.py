"""Criteria of the forfait: one verdict for each, with its reason, under the text in force at the time.

The texts are dated files (`care/criteria`). What we cannot know is `unknown`, never `not_met`. Nothing here
decides instead of the Assurance Maladie: the figures and the declaration stand side by side.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, Literal

from core.errors import InvalidParameter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from care.hours import Week

State = Literal["met", "not_met", "unknown"]
Audience = Literal["practitioner", "centre"]


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One condition of a text."""

    code: str
    rule: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text and its conditions; `valid_from` None: the date of effect is not known."""

    version: str
    title: str
    audience: Audience
    valid_from: date | None
    valid_until: date | None
    week_min: int
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of a practitioner or a centre over a period.

    participating, en_sus, hours_declared   declared; None: nothing was ever declared
    via                    individual, cpts, msp, sos
    vendor_shown           says to use agenda software that is not refused
    organisation_known     the structure taken part through is published on the platform
    operating              a SAS operates in a department of practice; None: not known
    weeks                  minutes published week by week; None: that week was not counted
    """

    participating: bool | None
    en_sus: bool | None
    via: str | None = None
    hours_declared: bool | None = None
    vendor_shown: bool = False
    organisation_known: bool = False
    operating: bool | None = None
    weeks: Sequence[Week | None] = ()


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One criterion, judged."""

    code: str
    label: str
    state: State
    reason: str


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Every criterion of a text; `state` is met when all are, not_met when one is not, else unknown."""

    version: str
    state: State
    verdicts: tuple[Verdict, ...]


@cache
def texts() -> tuple[Text, ...]:
    """Every text, oldest first; those without a date last."""
    found = [
        _text(tomllib.loads(path.read_text(encoding="utf-8")))
        for path in resources.files("care.criteria").iterdir()
        if path.name.endswith(".toml")
    ]
    return tuple(sorted(found, key=lambda item: (item.valid_from is None, item.valid_from, item.version)))


def _text(given: dict[str, Any]) -> Text:
    criteria = tuple(Criterion(**item) for item in given.pop("criteria"))
    dates = {"valid_from": None, "valid_until": None}
    return Text(**{**dates, **given}, criteria=criteria)


def text_for(audience: Audience, first: date, last: date) -> Text:
    """The text in force from one day to another.

    Raises
    ------
    InvalidParameter   no text then, or two: the period must be cut where the rules change
    """
    found = [
        item
        for item in texts()
        if item.audience == audience
        and (item.valid_from is None or item.valid_from <= last)
        and (item.valid_until is None or item.valid_until >= first)
    ]
    if not found or (found[0].valid_from is not None and found[0].valid_from > first):
        raise InvalidParameter(
            "Aucune règle du forfait n'est connue pour le début de cette période.", parameter="from"
        )
    if len(found) > 1:
        cut = found[1].valid_from
        raise InvalidParameter(
            f"Les règles changent le {cut:%d/%m/%Y} : demandez deux périodes.", parameter="until"
        )
    return found[0]


def judge(text: Text, facts: Facts) -> Judgement:
    """Every criterion of a text on some facts."""
    verdicts = []
    for criterion in text.criteria:
        state, reason = _RULES[criterion.rule](facts, text.week_min)
        verdicts.append(Verdict(code=criterion.code, label=criterion.label, state=state, reason=reason))
    states = {item.state for item in verdicts}
    state: State = "not_met" if "not_met" in states else "unknown" if "unknown" in states else "met"
    return Judgement(version=text.version, state=state, verdicts=tuple(verdicts))


_NOTHING: Final = ("unknown", "aucune déclaration sur la plateforme")


def _accepts_en_sus(facts: Facts, _week_min: int) -> tuple[State, str]:
    if facts.en_sus is None:
        return _NOTHING
    return (
        ("met", "accepté dans la déclaration") if facts.en_sus else ("not_met", "refusé dans la déclaration")
    )


def _declares(facts: Facts, _week_min: int) -> tuple[State, str]:
    if facts.participating is None:
        return _NOTHING
    return (
        ("met", "se déclare participant")
        if facts.participating
        else ("not_met", "se déclare non participant")
    )


def _operating(facts: Facts, _week_min: int) -> tuple[State, str]:
    if facts.operating is None:
        return "unknown", "le déploiement du SAS n'est pas connu pour ce département"
    return ("met", "SAS en service") if facts.operating else ("not_met", "pas de SAS en service")


def _hours(facts: Facts, week_min: int) -> tuple[State, str]:
    counted, reached = _counted(facts), _reached(facts, week_min)
    figure = f"{reached} semaine(s) sur {len(counted)} comptée(s) à {_hours_text(week_min)} ou plus"
    if facts.hours_declared:
        return "met", f"déclaré sur l'honneur ; {figure}"
    if counted and len(counted) == len(facts.weeks) and reached == len(counted):
        return "met", figure
    if len(counted) < len(facts.weeks) or not facts.weeks:
        return "unknown", f"{figure}, sur {len(facts.weeks)} : les autres n'ont pas été comptées"
    if facts.vendor_shown and any(not week.vendors_read for week in counted):
        return "unknown", f"{figure} ; l'agenda de l'éditeur n'a pas été lu chaque semaine"
    if facts.hours_declared is None:
        return "unknown", f"{figure} ; aucune déclaration sur la plateforme"
    return "not_met", figure


def _visible(facts: Facts, _week_min: int) -> tuple[State, str]:
    seen = sum(1 for week in _counted(facts) if week.total_min)
    if seen:
        return "met", f"des disponibilités publiées pendant {seen} semaine(s)"
    unread = any(not week.vendors_read for week in _counted(facts))
    if not facts.weeks or None in facts.weeks or (facts.vendor_shown and unread):
        return "unknown", "rien de publié n'a été vu, mais tout n'a pas été compté"
    return "not_met", "rien de publié sur la période"


def _visible_or_organisation(facts: Facts, week_min: int) -> tuple[State, str]:
    if facts.via in {"cpts", "msp", "sos"}:
        if facts.organisation_known:
            return "met", "participe par une organisation publiée sur la plateforme"
        state, reason = _visible(facts, week_min)
        if state != "met":
            return "unknown", f"l'organisation déclarée n'est pas publiée sur la plateforme ; {reason}"
        return state, reason
    return _visible(facts, week_min)


def _centre_hours(facts: Facts, _week_min: int) -> tuple[State, str]:
    if facts.hours_declared is None:
        return _NOTHING
    return ("met", "déclaré sur l'honneur") if facts.hours_declared else ("not_met", "non déclaré")


def _counted(facts: Facts) -> list[Week]:
    return [week for week in facts.weeks if week is not None]


def _reached(facts: Facts, week_min: int) -> int:
    return sum(1 for week in _counted(facts) if week.total_min >= week_min)


def _hours_text(minutes: int) -> str:
    return f"{minutes / 60:g} h".replace(".", ",")


_RULES: Final[dict[str, Callable[[Facts, int], tuple[State, str]]]] = {
    "accepts-en-sus": _accepts_en_sus,
    "agenda-visible": _visible,
    "agenda-visible-or-organisation": _visible_or_organisation,
    "centre-accepts": _declares,
    "centre-hours-declared": _centre_hours,
    "declares-individually": _declares,
    "hours-published-or-declared": _hours,
    "sas-operating": _operating,
}
