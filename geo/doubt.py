"""Why a position is doubtful: stable codes, how bad each is, and the French sentence that says it.

The database works the codes out of what a load found (`directory.position_doubts`), in the order below.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

RANKS: Final = {
    1: "Absents des recherches",
    2: "Deux sources se contredisent",
    3: "À la commune seulement",
    4: "Rue ou commune peu sûre",
    5: "À quelques numéros près",
}
"""What is at stake for who searches, worst first."""


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """A reason to doubt: `rank` is a key of `RANKS`, `sentence` is shown to people."""

    code: str
    rank: int
    sentence: str


DOUBTS: Final = (
    Doubt(code="no-position", rank=1, sentence="Aucune position."),
    Doubt(
        code="official-refused",
        rank=2,
        sentence="Coordonnées officielles refusées : elles sont hors de la commune.",
    ),
    Doubt(
        code="official-far-from-ours",
        rank=2,
        sentence="Les coordonnées officielles contredisent notre géocodage de l'adresse.",
    ),
    Doubt(
        code="official-beyond-commune",
        rank=2,
        sentence="Coordonnées officielles un peu au-delà de la commune.",
    ),
    Doubt(
        code="shared-point",
        rank=3,
        sentence="Un même point officiel pour plusieurs adresses : il n'est celui d'aucune.",
    ),
    Doubt(
        code="street-not-found",
        rank=3,
        sentence="Rue introuvable dans la commune : placé à la commune seulement.",
    ),
    Doubt(code="commune-only", rank=3, sentence="Placé à la commune seulement."),
    Doubt(
        code="commune-point",
        rank=3,
        sentence="Le point officiel est celui de la commune ou de sa mairie, non de l'adresse.",
    ),
    Doubt(code="unknown-commune", rank=4, sentence="L'adresse ne nomme aucune commune connue."),
    Doubt(
        code="commune-contradiction",
        rank=4,
        sentence="Le code de la commune et le texte de l'adresse nomment deux communes.",
    ),
    Doubt(code="low-score", rank=4, sentence="Adresse reconnue avec peu de certitude."),
    Doubt(
        code="shared-street-point",
        rank=5,
        sentence="Un même point officiel pour plusieurs numéros de la rue.",
    ),
    Doubt(
        code="number-not-found",
        rank=5,
        sentence="Numéro absent de la rue : placé au milieu de la rue.",
    ),
    Doubt(
        code="number-interpolated",
        rank=5,
        sentence="Numéro placé entre deux voisins connus.",
    ),
    Doubt(
        code="coordinates-mended",
        rank=5,
        sentence="Coordonnées officielles réparées à la lecture (axes ou projection).",
    ),
)

_BY_CODE: Final = {doubt.code: doubt for doubt in DOUBTS}


def doubt(code: str) -> Doubt:
    """The doubt of that code; KeyError when there is none.

    >>> doubt("commune-only").rank
    3
    """
    return _BY_CODE[code]
