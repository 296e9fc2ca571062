"""A folder of official files: what each one is, by its name, and the order in which they are loaded."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from core.errors import FileUnreadable

if TYPE_CHECKING:
    from pathlib import Path

# In the order of the loads: what others lean on comes first.
_NAMES: Final[tuple[tuple[str, str], ...]] = (
    (
        "cog",
        (
            r"^(v_)?(communes?|commune_comer|collectivites-outremer|mouvements-communes|mvt_?commune|departements?"
            r"|arrondissements?|regions?)(_?\d{4})?\.csv"
        ),
    ),
    ("population", r"^donnees[-_]communes"),
    ("postal", r"hexasmal"),
    ("cedex", r"^cedex"),
    ("contours", r"^(departements-avec-outre-mer.*|(departements|regions)(-\d+m)?)\.geojson"),
    ("communes", r"^communes-(\d{4}\.csv|centres\.json)"),
    ("radii", r"^rayons(-zones-recherche.*)?\."),
    ("deployment", r"^(sas-)?deploiement.*\."),
    ("ban", r"^(adresses|lieux-dits)-[0-9a-z]+.*\.csv"),
    ("finess", r"cs1100507|^t-finess|^finess[-_]structures[-_].*\d"),
    (
        "annuaire",
        (
            r"personne[-_]activite|savoirfaire|dipl[-_]autexerc|^ps_libreacces_\d+\.zip|correspondance_mssante"
            r"|monotable_cat18"
        ),
    ),
)
# Excerpts, invented examples and downloads under way are not data to serve.
_NOT_DATA: Final = re.compile(r"sample|fictif|readme|\.(md|tsv|tmp|part)$", re.IGNORECASE)


@dataclass
class Delivery:
    """What a folder holds: files by source in the order of the loads, and the files nobody knows."""

    by_source: dict[str, list[Path]] = field(default_factory=dict)
    unknown: list[Path] = field(default_factory=list)


def recognise(folder: Path) -> Delivery:
    """Files of a folder (and below) by source, told by their names.

    `communes-2026.csv` (a row per commune, with its centre) is not `communes.csv` (geographic code).

    Raises
    ------
    FileUnreadable   no such folder, or nothing known in it

    """
    if not folder.is_dir():
        raise FileUnreadable(f"{folder} : ce n'est pas un dossier.", file=str(folder))
    delivery = Delivery({source: [] for source, _ in _NAMES})
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name.startswith("."):
            continue
        source = None if _NOT_DATA.search(path.name) else _source_of(path.name)
        if source is None:
            delivery.unknown.append(path)
        else:
            delivery.by_source[source].append(path)
    delivery.by_source = {source: files for source, files in delivery.by_source.items() if files}
    if not delivery.by_source:
        raise FileUnreadable(f"{folder} : aucun fichier officiel reconnu dans ce dossier.", file=str(folder))
    return delivery


def _source_of(name: str) -> str | None:
    matching = [source for source, pattern in _NAMES if re.search(pattern, name, re.IGNORECASE)]
    return matching[-1] if matching else None
