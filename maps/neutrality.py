"""What /neutralite says: the rule in French from the numbers of the policy, the cases it settles, reports.

Nothing is repeated by hand: a sentence holds the numbers of the policy it is made from, a case is settled by
the real ranking.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from maps import french
from maps.web.pages import environment
from search.audit.evidence import LEVEL
from search.audit.exposure import weight
from search.audit.verdict import LEAST_RANKINGS, named
from search.policy import HUNDREDTHS, UNIT, Policy, policy, published
from search.rank import Candidate, rank

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from search.policy import Shape
    from search.rank import Slots
    from search.territory_policy import Policies

_SEEDS = ("20261126-0000000000a1", "20261126-0000000000b2", "20261126-0000000000c3", "20261126-0000000000d4")
_ONE, _OTHER = (f"00000000-0000-4000-8000-00000000000{digit}" for digit in "12")
_HOUR, _DAY = 60, 1440
_TOGETHER = "l’attente et la route, ensemble"
_TESTS = {
    "order": "à égalité de points : part des égaux que l’on précède",
    "ties": "à égalité de points : exposition",
    "strata": "offres comparables : exposition",
    "presence": "offres attendues par l’annuaire",
    "waits": "créneaux que les agendas ne publient pas",
    "practitioners": "l’offre la plus éloignée de ce que donne le sort",
}
_REASONS = {
    "rate": "au-delà du débit gardé",
    "queue": "écriture en retard",
    "storage": "base injoignable",
    "seed": "ordre rejoué à la demande d’un appelant",
    "invalid": "forme inattendue",
    "few": "offres montrées moins de dix fois dans la journée",
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """Two offers, and which comes first.

    first    the one that wins (of equals: either), `second` the other, in words
    margin   points between both; None: equal, the lot decides
    why      the part of the rule that decides
    """

    first: str
    second: str
    margin: str | None
    why: str


def rule(used: Policy) -> list[tuple[str, list[str]]]:
    """The rule in plain French: titles with their sentences, in the order in which the rule decides."""
    none, unknown, known = (_points(points) for points in used.slots)
    declared = _points(used.participating)
    minute = _points(used.points_per_hundredth * HUNDREDTHS, digits=6)
    remote, misfit = _span(used.remote / HUNDREDTHS), _span(used.misfit / HUNDREDTHS)
    slots = (
        "Une offre dont un créneau libre est connu passe avant une offre dont on ne sait rien, qui passe "
        f"avant une offre que l’on sait complète : {known}, {unknown} et {none} point. Ce qui n’est pas "
        "connu n’est jamais tenu pour absent."
    )
    participation = (
        "À même connaissance des créneaux, qui a déclaré participer au SAS passe devant "
        f"({declared} point). N’avoir rien déclaré compte comme ne pas participer."
    )
    care = [
        f"L’attente et la route s’ajoutent, en minutes ; chaque minute de ce total coûte {minute} point.",
        f"Attente jusqu’au premier créneau que l’on peut atteindre : {_pieces(used.wait)}.",
        f"Route en voiture : {_pieces(used.travel)}.",
        (
            f"Une consultation à distance ne demande pas de route, et compte {remote} de plus ; une offre "
            f"qui répond au besoin sans être de la spécialité cherchée compte {misfit} de plus."
        ),
    ]
    territory = (
        "Sans lieu, la route ne compte pas, et les attentes d’une même tranche de "
        f"{_span(used.territory_step / HUNDREDTHS)} sont à égalité."
    )
    ties = (
        "Les offres de même total sont rangées par un tirage au sort, refait à chaque recherche : personne "
        "n’est premier par construction. Le tirage dépend de la graine de la recherche et de l’identifiant "
        "de l’offre, et se refait à l’identique."
    )
    parts = [
        ("D’abord, un créneau", [slots]),
        ("Puis, la participation au SAS", [participation]),
        ("Puis, le délai jusqu’aux soins", care),
        ("Dans tout un département", [territory]),
        ("À égalité, le sort", [ties]),
    ]
    return [(title, [french.spaced(sentence) for sentence in sentences]) for title, sentences in parts]


def cases(used: Policy) -> list[Case]:
    """Pairs of offers, each settled by the real ranking under the policy."""
    usual = _offer(travel_min=10, wait_min=60)
    pairs = [
        (_offer(travel_min=12, wait_min=100), _offer(travel_min=25, wait_min=30), _TOGETHER),
        (usual, _offer(travel_min=60, wait_min=60), "la route"),
        (usual, _offer(travel_min=3, wait_min=180), _TOGETHER),
        (_offer(travel_min=10, wait_min=2 * _DAY, participating=True), usual, "la participation"),
        (
            _offer(travel_min=10, wait_min=2 * _DAY),
            _offer(travel_min=2, participating=True),
            "un créneau connu",
        ),
        (
            _offer(travel_min=40),
            _offer(travel_min=2, slots="none", participating=True),
            "ce qui n’est pas connu n’est pas complet",
        ),
        (usual, _offer(travel_min=10, wait_min=70, remote=True), "une consultation à distance"),
        (_offer(travel_min=40, wait_min=120), _offer(travel_min=40, wait_min=90, remote=True), _TOGETHER),
        (usual, _offer(travel_min=5, wait_min=10, misfit=True), "la spécialité"),
        (usual, usual, "le sort : tantôt l’une, tantôt l’autre"),
    ]
    return [_case(used, one, other, why) for one, other, why in pairs]


def context(policies: Policies, last: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the template of /neutralite needs.

    last   `made_at` and `report` of the report published last; None: there is none
    """
    return {
        "policy": policies.default,
        "rule": rule(policies.default),
        "cases": cases(policies.default),
        "versions": [policy(version) for version in published()],
        "territories": sorted(policies.accepted, key=lambda item: (item.territory, item.valid_from)),
        "refused": policies.refused,
        "weights": [(place, weight(place)) for place in (1, 2, 3, 5, 10, 20)],
        "made_at": None if last is None else last["made_at"],
        **shown(None if last is None else last["report"]),
    }


def shown(report: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the templates need of a report."""
    told = [] if report is None else [french.spaced(sentence) for sentence in report["sentences"]]
    return {
        "report": None if report is None else {**report, "sentences": told},
        "vendors": [] if report is None else _vendors(report["tests"]),
        "tests": [] if report is None else _lines(report["tests"]),
        "exposure": {} if report is None else _exposure(report["exposure"]),
        "reasons": _REASONS,
        "first_day": None if report is None else date.fromisoformat(report["since"]),
        "last_day": None if report is None else date.fromisoformat(report["until"]),
        "level": round(100 * LEVEL),
        "least": LEAST_RANKINGS,
    }


def file(report: Mapping[str, Any], *, made_at: datetime) -> str:
    """A report as a page that holds everything it needs."""
    template = environment().get_template("file_neutralite.html")
    return template.render(made_at=made_at, **shown(report))


def document(policies: Policies, last: Mapping[str, Any] | None) -> dict[str, Any]:
    """The same for programs: `GET /api/v1/neutrality`."""
    return {
        "policy": _described(policies.default),
        "versions": [_described(policy(version)) for version in published()],
        "territories": [
            {
                **_described(item.policy),
                "department": item.territory,
                "valid_from": item.valid_from.isoformat(),
                "signed_by": item.signer,
            }
            for item in policies.accepted
        ],
        "refused": [{"file": item.file, "reason": item.reason} for item in policies.refused],
        "report": None if last is None else {"made_at": last["made_at"].isoformat(), **last["report"]},
    }


def _described(used: Policy) -> dict[str, Any]:
    return {
        "version": used.version,
        "title": used.title,
        "published_on": used.published_on.isoformat(),
        "sha256": used.digest,
    }


def _offer(
    *, travel_min: int, wait_min: int | None = None, slots: Slots | None = None, **facts: bool
) -> Candidate:
    """An offer with a slot in so many minutes; without, nothing is known of its slots, unless said."""
    return Candidate(
        offer_id=_ONE,
        slots=slots or ("unknown" if wait_min is None else "known"),
        wait=0 if wait_min is None else wait_min * HUNDREDTHS,
        travel=travel_min * HUNDREDTHS,
        **facts,
    )


def _case(used: Policy, one: Candidate, other: Candidate, why: str) -> Case:
    other = replace(other, offer_id=_OTHER)
    orders = [rank([one, other], used, seed=seed) for seed in _SEEDS]
    first, second = ((one, other)[item.index] for item in orders[0])
    margin = orders[0][0].points - orders[0][1].points
    return Case(
        first=describe(first),
        second=describe(second),
        margin=_points(margin, digits=4) if margin else None,
        why=why,
    )


def describe(candidate: Candidate) -> str:
    """A candidate in a few words."""
    told = []
    if candidate.travel is not None and not candidate.remote:
        told.append(f"à {_span(candidate.travel / HUNDREDTHS)} de route")
    if candidate.slots == "known":
        what = "consultation à distance" if candidate.remote else "créneau"
        told.append(f"{what} dans {_span(candidate.wait / HUNDREDTHS)}")
    else:
        told.append("créneaux inconnus" if candidate.slots == "unknown" else "complet")
    if candidate.participating:
        told.append("participe au SAS")
    if candidate.misfit:
        told.append("hors de la spécialité")
    return ", ".join(told)


def _pieces(shape: Shape) -> str:
    """A cost by straight pieces, in words: how much each minute costs, from where to where."""
    pieces: list[tuple[float, float]] = []
    for (start, low), (end, high) in pairwise(shape.knots):
        each = (high - low) / (end - start)
        if pieces and math.isclose(pieces[-1][1], each):
            pieces.pop()
        pieces.append((end / HUNDREDTHS, each))
    told = [
        f"{'puis ' if number else ''}jusqu’à {_span(until)}, chaque minute en coûte {_decimal(each)}"
        for number, (until, each) in enumerate(pieces)
    ]
    return " ; ".join(told) + " ; au-delà, plus rien"


def _span(minutes: float) -> str:
    """A duration as people say it."""
    whole = round(minutes)
    if whole >= 2 * _DAY and whole % _DAY == 0:
        return f"{whole // _DAY} jours"
    hours, left = divmod(whole, _HOUR)
    if not hours:
        return f"{whole} min"
    return f"{hours} h {left:02d}" if left else f"{hours} h"


def _points(points: int, *, digits: int = 2) -> str:
    return french.decimal(points / UNIT, digits)


def _decimal(value: float) -> str:
    digits = 0 if math.isclose(value, round(value)) else 2
    return french.decimal(value, digits)


def _vendors(tests: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each vendor at equal points: how often it precedes its equals, with the interval, in percents."""
    return [
        {
            "label": named("vendor", item["label"]),
            "rows": item["rows"],
            **{
                name: 100 * item[source] * item["expected"] / item["rows"]
                for name, source in (("share", "ratio"), ("low", "low"), ("high", "high"))
            },
            "p": item["p_holm"],
        }
        for item in tests
        if item["test"] == "order" and item["factor"] == "vendor"
    ]


def _lines(tests: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {**item, "test_name": _TESTS[item["test"]], "label_name": named(item["factor"], item["label"])}
        for item in tests
    ]


def _exposure(shares: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    titles = {
        "vendor": "Éditeur d’agenda",
        "participation": "Participation",
        "kind": "Nature",
        "sector": "Secteur d’activité",
    }
    return {
        title: [{**row, "label": named(factor, row["label"])} for row in shares[factor]]
        for factor, title in titles.items()
        if shares.get(factor)
    }
