"""Requirements on the exchange: protocol, security, window, errors, times."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from slots.conformance.requirement import Finding, Requirement, holds, none_of, passed, skipped
from slots.fhir.instant import read_instant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from slots.conformance.exchange import Evidence, Exchange

_ONE_S = 1.0
_BATCH_S = 7.0


def refuses_strangers(seen: Evidence) -> Finding:
    """A caller without certificate is refused: by the handshake, or by a 4xx."""
    if seen.stranger is None:
        return skipped("L'adresse est en clair (http) : l'authentification mutuelle n'est pas jouée.")
    got = seen.stranger
    return holds(
        bool(got.problem) or 400 <= got.status < 500,
        good=f"Sans certificat : {got.problem or got.status}.",
        wrong=f"Sans certificat, le serveur répond {got.status}.",
    )


def answers(seen: Evidence) -> Finding:
    """The search of the guide is answered 200, with a Bundle."""
    got = seen.several
    if got.problem:
        return Finding("failed", f"Pas de réponse : {got.problem}.")
    failure = got.read["failure_reason"] if got.read is not None else None
    return holds(
        got.status == 200 and failure is None,
        good=f"200, {len(got.body)} octets, {len(slots(got))} créneaux.",
        wrong=f"Statut {got.status}, {failure or 'réponse illisible'}.",
    )


def is_searchset(seen: Evidence) -> Finding:
    """`Bundle.type` is searchset."""
    return holds(
        seen.several.bundle.get("type") == "searchset",
        good="searchset",
        wrong=f"Bundle.type vaut {str(seen.several.bundle.get('type'))[:40]!r}.",
    )


def is_fhir_json(seen: Evidence) -> Finding:
    """The media type is the one of R4."""
    kind = seen.several.content_type
    return holds(
        kind.startswith("application/fhir+json"),
        good=kind[:60],
        wrong=f"Content-Type : {kind[:60] or 'absent'}.",
    )


def empty_is_no_failure(seen: Evidence) -> Finding:
    """Somebody unknown gives an empty Bundle and 200, not an error."""
    got = seen.nobody
    right = got.status == 200 and got.bundle.get("resourceType") == "Bundle" and not got.bundle.get("entry")
    return holds(
        right,
        good="Identifiant inconnu : 200 et Bundle vide.",
        wrong=f"Identifiant inconnu : statut {got.status}, {len(got.bundle.get('entry') or [])} entrées.",
    )


def refuses_what_it_cannot_read(seen: Evidence) -> Finding:
    """A date that cannot be read gives a 4xx with an OperationOutcome."""
    got = seen.wrong
    outcome = got.bundle.get("resourceType") == "OperationOutcome"
    return holds(
        400 <= got.status < 500 and outcome,
        good=f"Date illisible : {got.status} et OperationOutcome.",
        wrong=f"Date illisible : statut {got.status or got.problem}, "
        f"{'avec' if outcome else 'sans'} OperationOutcome.",
    )


def stays_in_the_window(seen: Evidence) -> Finding:
    """Every start is in the window asked, in the long one and in the short one."""
    late = [ref for got in (seen.several, seen.narrow) for ref in _outside(got)]
    total = len(slots(seen.several)) + len(slots(seen.narrow))
    return none_of(late, good=f"{total} créneaux, tous dans la période.", wrong="Hors de la période demandée")


def nothing_past(seen: Evidence) -> Finding:
    """No slot has begun before the call."""
    start = seen.several.start
    past = [
        reference(slot)
        for slot in slots(seen.several)
        if start is not None
        and (begins := _start(slot)) is not None
        and begins < start - timedelta(minutes=1)
    ]
    return none_of(past, good="Aucun créneau passé.", wrong="Déjà commencés")


def is_fast_for_one(seen: Evidence) -> Finding:
    """One identifier is answered in under a second."""
    return _within(seen.one, _ONE_S)


def is_fast_for_a_batch(seen: Evidence) -> Finding:
    """A batch is answered before the deadline of the guide."""
    return _within(seen.several, _BATCH_S)


def links_to_itself(seen: Evidence) -> Finding:
    """The self link has the parameters of the request."""
    links = seen.several.bundle.get("link")
    own = [
        link.get("url")
        for link in (links if isinstance(links, list) else [])
        if isinstance(link, dict) and link.get("relation") == "self"
    ]
    if not own or not isinstance(own[0], str):
        return Finding("failed", "Bundle.link « self » absent.")
    same = sorted(parse_qsl(urlsplit(own[0]).query)) == sorted(parse_qsl(urlsplit(seen.several.url).query))
    return holds(
        same, good="Mêmes paramètres que l'appel.", wrong="Paramètres différents de ceux de l'appel."
    )


def counts_its_slots(seen: Evidence) -> Finding:
    """`total` is the number of slots."""
    total, count = seen.several.bundle.get("total"), len(slots(seen.several))
    return holds(
        total == count, good=f"total = {count}", wrong=f"total vaut {str(total)[:20]}, {count} créneaux."
    )


def declares_itself(seen: Evidence) -> Finding:
    """`GET /metadata` answers a CapabilityStatement."""
    kind = seen.metadata.bundle.get("resourceType")
    return holds(
        seen.metadata.status == 200 and kind == "CapabilityStatement",
        good="CapabilityStatement",
        wrong=f"Statut {seen.metadata.status or seen.metadata.problem}.",
    )


def is_read_whole(seen: Evidence) -> Finding:
    """The platform refuses none of its slots."""
    read = seen.several.read
    if read is None or read["failure_reason"] is not None:
        return Finding("failed", f"Réponse illisible : {read['failure_reason'] if read else 'absente'}.")
    refused = [f"{item['slot_ref'][:60]} ({item['reason']})" for item in read["rejected"]]
    return none_of(refused, good=f"{len(read['slots'])} créneaux lus, aucun écarté.", wrong="Écartés")


def slots(got: Exchange) -> list[dict[str, Any]]:
    """The slots of an answer."""
    return got.resources.get("Slot", [])


def reference(resource: dict[str, Any]) -> str:
    """A resource as the report names it."""
    return f"{resource.get('resourceType', '?')}/{str(resource.get('id', '?'))[:60]}"


def _start(slot: dict[str, Any]) -> datetime | None:
    read = read_instant(slot.get("start"))
    return None if isinstance(read, str) else datetime.fromisoformat(read.utc)


def _outside(got: Exchange) -> Iterator[str]:
    for slot in slots(got):
        begins = _start(slot)
        if begins is not None and got.start and got.end and not got.start <= begins <= got.end:
            yield reference(slot)


def _within(got: Exchange, limit_s: float) -> Finding:
    if got.problem:
        return Finding("failed", f"Pas de réponse en {got.elapsed_s:.1f} s ({got.problem}).")
    time = f"{got.elapsed_s:.2f} s".replace(".", ",")
    return passed(time) if got.elapsed_s < limit_s else Finding("failed", f"{time}, au plus {limit_s:g} s.")


EXCHANGES = (
    Requirement(number="1", origin="KIT", text="Refuser un appel sans certificat", check=refuses_strangers),
    Requirement(number="4, 26–30", origin="KIT", text="Répondre à la recherche du guide", check=answers),
    Requirement(number="14", origin="KIT", text="Bundle de type searchset", check=is_searchset),
    Requirement(number="–", origin="KIT", text="Type application/fhir+json", check=is_fhir_json, advice=True),
    Requirement(
        number="8", origin="KIT", text="Personne d'inconnu : Bundle vide, 200", check=empty_is_no_failure
    ),
    Requirement(
        number="–",
        origin="IG",
        text="Demande illisible : 4xx et OperationOutcome",
        check=refuses_what_it_cannot_read,
    ),
    Requirement(
        number="5, 6", origin="KIT", text="Créneaux dans la période demandée", check=stays_in_the_window
    ),
    Requirement(number="7", origin="KIT", text="Aucun créneau passé", check=nothing_past),
    Requirement(number="–", origin="KIT", text="Moins d'une seconde pour un seul", check=is_fast_for_one),
    Requirement(number="–", origin="IG", text="Moins de 7 s pour un lot", check=is_fast_for_a_batch),
    Requirement(
        number="–", origin="KIT", text="Lien « self » égal à la demande", check=links_to_itself, advice=True
    ),
    Requirement(
        number="–", origin="KIT", text="total = nombre de créneaux", check=counts_its_slots, advice=True
    ),
    Requirement(number="–", origin="KIT", text="CapabilityStatement", check=declares_itself, advice=True),
    Requirement(number="–", origin="DEC", text="Aucun créneau écarté par la plateforme", check=is_read_whole),
)
