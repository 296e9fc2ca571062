"""The answer of a search, put together from its parts: what was understood, offers, sources, notices."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any

from geo.travel.times import ATTRIBUTION
from search import page
from search.availability import created_cards, editor_lines, is_partial, silent_sentences

if TYPE_CHECKING:
    from datetime import date

    from geo.travel.times import Source
    from search.area import Area
    from search.candidates import Shown
    from search.page import Cursor
    from search.policy import Policy
    from search.ports import Reading, Remembered
    from search.preferred import Preferred
    from search.query import SearchQuery


@dataclass(frozen=True, kw_only=True)
class Page:
    """Offers of one page in their order, and where it stands in the whole.

    total          offers of the whole result
    full           offers left out because they are known to have no slot in the period
    unknown        offers that declare nothing, left out of a search by declared participation
    facets         filters with their counts; first page only
    groups         CPTS, MSP and SOS associations of the result; first page only
    shown_before   offers shown on the pages before
    travel_source  how journeys were computed; with the date of the roads, and what could not be used
    more           whether offers come after
    remembered     slots of these offers that the index holds
    """

    area: Area | None
    rule: Policy
    total: int
    full: int
    unknown: int
    facets: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    shown_before: int
    shown: list[Shown]
    travel_source: Source | None
    travel_as_of: date | None
    travel_notices: tuple[str, ...]
    more: bool
    remembered: dict[str, Remembered] = field(default_factory=dict)


def answer(
    query: SearchQuery,
    found: Page,
    cards: list[dict[str, Any]],
    *,
    as_of: list[dict[str, Any]],
    digest: str,
    key: bytes,
    reading: Reading | None = None,
    preferred: Preferred | None = None,
) -> dict[str, Any]:
    """The answer of the contract, ready for JSON.

    Parameters
    ----------
    cards     what is shown, with its slots
    as_of     row of the statement `directory_as_of`
    reading   what the vendors said; None when none is interfaced
    preferred who was understood as the preferred doctor
    """
    for index, shown in enumerate(cards, start=1):
        shown["rank"] = found.shown_before + index
    notices = _notices(query, found, cards, reading, preferred)
    return {
        "query": _understood(query, found.area),
        "policy": {"version": found.rule.version, "seed": query.seed},
        "sources": {**sources(as_of, reading), "travel": _travel(found)},
        "partial": is_partial(reading) or _no_agenda(query, reading),
        "preferred": _preferred(preferred),
        "notices": notices,
        "total": found.total,
        "facets": found.facets,
        "groups": found.groups,
        "offers": cards,
        "created": [] if reading is None else created_cards(query, cards, reading),
        "next_cursor": page.write(cursor_after(query, found, digest, shown=len(cards)), key)
        if found.more
        else None,
    }


def cursor_after(query: SearchQuery, found: Page, digest: str, *, shown: int) -> Cursor:
    """Where the next page begins: after the last offer looked at, `shown` of which were kept."""
    return page.Cursor(
        query=digest,
        policy=found.rule.version,
        seed=query.seed,
        last=found.shown[-1].ranked.key,
        shown=found.shown_before + shown,
        steps_km=found.area.steps_km if found.area is not None else (),
        found=found.area.found if found.area is not None else (),
        standing=found.area.standing if found.area is not None else (),
        travel=found.travel_source or "",
        start=query.window.start.astimezone(UTC),
        end=query.window.end.astimezone(UTC),
    )


def _understood(query: SearchQuery, area: Area | None) -> dict[str, Any]:
    place = query.place
    return {
        "specialty": query.specialty.shown(),
        "place": {
            "id": place.id or None,
            "label": place.label,
            "lon": place.point.lon if place.point else None,
            "lat": place.point.lat if place.point else None,
            "citycode": place.citycode,
            "department": place.department_code,
            "type": place.type,
            "score": round(place.score, 3),
            "timezone": place.timezone,
        },
        "radius_km": area.radius_km if area is not None else None,
        "widened": area.widened() if area is not None else [],
        "from": query.window.start.astimezone(place.zone).isoformat(timespec="seconds"),
        "until": query.window.end.astimezone(place.zone).isoformat(timespec="seconds"),
    }


def sources(as_of: list[dict[str, Any]], reading: Reading | None = None) -> dict[str, Any]:
    """Date of the directory, and what each vendor said."""
    date = as_of[0]["as_of"] if as_of else None
    return {
        "directory": {"as_of": date.isoformat() if date else None},
        "editors": [] if reading is None else editor_lines(reading),
    }


def _travel(found: Page) -> dict[str, Any] | None:
    """How journeys were computed, with the name of those who drew the roads; None in a territory."""
    if found.travel_source is None:
        return None
    road = found.travel_source == "road"
    return {
        "source": found.travel_source,
        "as_of": found.travel_as_of.isoformat() if found.travel_as_of else None,
        "attribution": ATTRIBUTION if road else None,
    }


def _preferred(preferred: Preferred | None) -> dict[str, Any] | None:
    """What was understood of the preferred doctor, for the answer; None when none was asked for."""
    if preferred is None:
        return None
    return {
        "state": preferred.state,
        "code": preferred.code,
        "exact": preferred.exact,
        "people": [
            {"rpps": person.rpps, "name": person.name, "communes": list(person.communes)}
            for person in preferred.people
        ],
    }


def _no_agenda(query: SearchQuery, reading: Reading | None) -> bool:
    """Slots are asked for, and nobody can be asked."""
    asked = query.filters.with_slots or bool(query.filters.modality)
    return asked and (reading is None or (reading.complete and not reading.editors))


def _notices(
    query: SearchQuery,
    found: Page,
    cards: list[dict[str, Any]],
    reading: Reading | None,
    preferred: Preferred | None,
) -> list[dict[str, str]]:
    """What the answer cannot tell, and what was tried when nothing was found."""
    notices = []
    if preferred is not None and preferred.state != "found":
        text = _NOT_PREFERRED[preferred.state]
        notices.append({"code": f"preferred-{preferred.state}", "parameter": "preferred", "text": text})
    parameter = "modality" if query.filters.modality else "with_slots"
    if _no_agenda(query, reading):
        notices.append({"code": "slots-unknown", "parameter": parameter, "text": _NO_AGENDA})
    elif (query.filters.with_slots or query.filters.modality) and any(
        card["slots_state"] == "unknown" for card in cards
    ):
        notices.append({"code": "slots-unknown", "parameter": parameter, "text": _UNKNOWN})
    notices.extend(
        {"code": "editor-silent", "parameter": "sources", "text": text}
        for text in ([] if reading is None else silent_sentences(reading))
    )
    if found.unknown:
        text = _UNDECLARED_ONE if found.unknown == 1 else _UNDECLARED.format(found.unknown)
        notices.append({"code": "participation-unknown", "parameter": "participating", "text": text})
    if found.full and found.total:
        text = _FULL_ONE if found.full == 1 else _FULL.format(found.full)
        notices.append({"code": "without-slot", "parameter": "with_slots", "text": text})
    notices.extend(
        {"code": "travel-network", "parameter": "sources", "text": text} for text in found.travel_notices
    )
    if not found.total and not cards:
        notices.append({"code": "nothing-found", "parameter": "place", "text": _tried(query, found)})
    elif not cards:
        notices.append({"code": "nothing-found", "parameter": parameter, "text": _NO_SLOT})
    return notices


_NOT_PREFERRED = {
    "ambiguous": "Plusieurs praticiens portent ce nom : précisez lequel est le médecin traitant.",
    "not-found": "Le médecin traitant n'est pas dans l'annuaire.",
    "invalid": "L'identifiant du médecin traitant est illisible (sas_pf_001).",
    "missing": "Le médecin traitant n'est pas indiqué (sas_pf_002).",
}
_FULL_ONE = "Une offre du lieu n'a aucun créneau dans la période : elle n'est pas dans la liste."
_FULL = "{} offres du lieu n'ont aucun créneau dans la période : elles ne sont pas dans la liste."
_UNDECLARED_ONE = (
    "Participation inconnue pour une offre du lieu, qui n'a rien déclaré : elle n'est pas dans la liste."
)
_UNDECLARED = (
    "Participation inconnue pour {} offres du lieu, qui n'ont rien déclaré : elles ne sont pas dans la liste."
)
_NO_AGENDA = (
    "Aucun agenda n'est encore raccordé : les créneaux sont inconnus. Toutes les offres du lieu sont "
    "données, qu'elles aient un créneau ou non."
)
_UNKNOWN = (
    "Certaines offres n'ont pas d'agenda raccordé, ou leur agenda n'a pas répondu : leurs créneaux sont "
    "inconnus, elles restent dans la liste."
)
_NO_SLOT = "Aucun créneau dans la période pour les offres regardées : élargissez la période ou le rayon."


def _tried(query: SearchQuery, found: Page) -> str:
    label = query.specialty.specialty.label
    if query.filters.participating is not None:
        said = "prendre part" if query.filters.participating else "ne pas prendre part"
        return f"Aucune offre « {label} » du lieu ne déclare {said} au SAS."
    if found.full:
        count = "l'offre" if found.full == 1 else f"les {found.full} offres"
        return f"Aucun créneau dans la période pour {count} « {label} » du lieu : élargissez la période."
    if found.area is None:
        return f"Aucune offre « {label} » localisée dans ce territoire."
    radius = f"{found.area.radius_km:g}".replace(".", ",")
    return f"Aucune offre « {label} » à moins de {radius} km du lieu cherché."
