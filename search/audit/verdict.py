"""What the figures of a report mean, in French sentences for regulators and outside readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from search.audit.evidence import LEVEL

if TYPE_CHECKING:
    from collections.abc import Mapping

Verdict = Literal["clean", "look", "biased", "thin"]

CONVICTED = 0.01
"""Less likely than that, in a test that nothing honest can fool: an anomaly."""
LEAST_RANKINGS = 200
_EXACT = frozenset({"order", "ties"})
_FACTORS = {
    "vendor": "l’éditeur d’agenda",
    "kind": "la nature de l’offre",
    "sector": "le secteur d’activité",
    "offer": "l’offre",
}
_KINDS = {"practitioner": "professionnels", "structure": "structures", "": "non renseigné"}
_TITLES = {
    "clean": "Aucun favoritisme décelé",
    "look": "À examiner",
    "biased": "Anomalie",
    "thin": "Trop peu d’éléments pour conclure",
}


def judge(content: Mapping[str, Any]) -> dict[str, Any]:
    """`verdict`, its `title` and the `sentences` that give the reasons, from the figures of a report."""
    proven, doubts = _proven(content), _doubts(content)
    verdict: Verdict = "biased" if proven else "look" if doubts else "thin" if _is_thin(content) else "clean"
    return {
        "verdict": verdict,
        "title": _TITLES[verdict],
        "sentences": [*_held(content), *proven, *doubts, *_cleared(content, verdict)],
    }


def named(factor: str, label: str) -> str:
    """A label as people read it."""
    if factor == "kind":
        return _KINDS.get(label, label)
    return label or "non renseigné"


def percent(share: float) -> str:
    """A share as a percentage, French: one decimal.

    >>> percent(0.0512)
    '5,1 %'
    """
    return f"{100 * share:.1f}".replace(".", ",") + "\u00a0%"


def _is_thin(content: Mapping[str, Any]) -> bool:
    return content["rankings"] < LEAST_RANKINGS or not _vendors(content)


def _vendors(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [item for item in content["tests"] if item["test"] == "order" and item["factor"] == "vendor"]


def _held(content: Mapping[str, Any]) -> list[str]:
    count, replay = content["rankings"], content["replay"]
    said = []
    if content["chain"]["broken"] is None:
        said.append(
            f"Le journal compte {_number(content['chain']['held'])} classements enchaînés ; aucun n’a été "
            "modifié, retiré ni inséré."
        )
    if count and replay["identical"] == replay["made"]:
        which = (
            f"Les {_number(count)} classements de la période"
            if replay["made"] == count
            else f"{_number(replay['made'])} des {_number(count)} classements de la période"
        )
        said.append(
            f"{which}, refaits à partir de ce qui en est gardé, sont "
            "tous identiques, par le programme et par la règle écrite une seconde fois."
        )
    return said


def _proven(content: Mapping[str, Any]) -> list[str]:
    said = []
    broken, replay = content["chain"]["broken"], content["replay"]
    if broken is not None:
        said.append(
            f"La chaîne du journal est rompue (« {broken} ») : des classements ont été réécrits ou retirés."
        )
    if replay["differs"]:
        said.append(
            f"{_number(replay['differs'])} classements sur {_number(replay['made'])} ne suivent pas la règle "
            f"publiée : le premier est le nº {replay['first'][0]}."
        )
    said += [_accused(item) for item in content["tests"] if _convicts(item)]
    return said


def _convicts(item: Mapping[str, Any]) -> bool:
    return item["test"] in _EXACT and item["p_holm"] < CONVICTED


def _doubts(content: Mapping[str, Any]) -> list[str]:
    said = []
    missing = content["replay"]["without_policy"]
    if missing:
        said.append(
            f"{_number(missing)} classements suivent une règle dont le fichier n’est pas là : ils n’ont pas "
            "pu être refaits."
        )
    return said + [
        _accused(item) if item["test"] in {"order", "ties", "practitioners"} else _doubted(item)
        for item in content["tests"]
        if item["p_holm"] < LEVEL and not _convicts(item)
    ]


def _accused(item: Mapping[str, Any]) -> str:
    odds = _odds(item["p_holm"])
    if item["test"] == "practitioners":
        return (
            f"À égalité de points, l’offre {item['label']} s’écarte de ce que donne le sort de "
            f"{_decimal(item['observed'])} écarts types. Le hasard seul : {odds}."
        )
    label = named(item["factor"], item["label"])
    if item["test"] == "order":
        share, low, high = (item[name] * item["expected"] / item["rows"] for name in ("ratio", "low", "high"))
        return (
            f"À égalité de points, {_FACTORS[item['factor']]} compte : « {label} » passe devant "
            f"{percent(share)} de ses égaux au lieu de {percent(item['expected'] / item['rows'])} "
            f"(intervalle à 95 % : {percent(low)} à {percent(high)}). Le hasard seul : {odds}."
        )
    return (
        f"À égalité de points, {_FACTORS[item['factor']]} compte : « {label} » reçoit "
        f"{percent(item['ratio'])} de l’exposition attendue (intervalle à 95 % : {percent(item['low'])} à "
        f"{percent(item['high'])}). Le hasard seul : {odds}."
    )


def _doubted(item: Mapping[str, Any]) -> str:
    label = f"« {named(item['factor'], item['label'])} » ({_FACTORS[item['factor']]})"
    odds = _odds(item["p_holm"])
    if item["test"] == "presence":
        absent = percent(1 - item["observed"] / item["rows"])
        usual = percent(1 - item["expected"] / item["rows"])
        return (
            f"{label} manque dans {absent} des classements où l’annuaire l’attend, contre {usual} : {odds}."
        )
    if item["test"] == "waits":
        return (
            f"{label} : {percent(item['observed'] / item['rows'])} des premiers créneaux retenus ne sont pas "
            f"publiés par l’agenda, contre {percent(item['expected'] / item['rows'])} attendus : {odds}."
        )
    return (
        f"Parmi des offres comparables, {label} reçoit {percent(item['ratio'])} de l’exposition attendue : "
        f"{odds}. Une différence d’horaires ou de lieux peut l’expliquer : à regarder."
    )


def _cleared(content: Mapping[str, Any], verdict: Verdict) -> list[str]:
    vendors = _vendors(content)
    if verdict not in {"clean", "thin"} or not vendors:
        return ["Trop peu d’offres à égalité pour comparer les éditeurs."] if verdict == "thin" else []
    share = max((item["observed"] / item["rows"] for item in vendors), key=lambda value: abs(value - 0.5))
    seen = max(0.5 + 0.5 * item["detectable"] for item in vendors)
    sentence = (
        "À égalité de points, l’éditeur d’agenda ne change rien que le hasard n’explique : le plus grand "
        f"écart est d’un éditeur placé devant {percent(share)} de ses égaux au lieu de 50\u00a0%. Un éditeur "
        f"placé devant {percent(seen)} d’entre eux aurait été vu quatre fois sur cinq."
    )
    return [sentence]


def _odds(p: float) -> str:
    times = round(1 / p) if p > 0 else 0
    return f"moins d’une fois sur {_number(max(1, times - 1))}" if times > 1 else "souvent"


def _number(value: int) -> str:
    return f"{value:,}".replace(",", "\u202f")


def _decimal(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")
