"""What other readers ask of the geographic code in service: is this commune known, what is it now?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.db.queries import Queries
from core.errors import SourceError
from geo.territory import CHILDREN, arrondissement

if TYPE_CHECKING:
    import psycopg

QUERIES = Queries.load(Path(__file__).with_name("sql"))


class Communes:
    """The communes in service and their former codes, in memory (40,000 codes)."""

    def __init__(self, names: dict[str, str], formers: dict[str, list[tuple[str, str]]]) -> None:
        self._names = names
        self._formers = formers

    @classmethod
    def load(cls, conn: psycopg.Connection[Any]) -> Communes:
        """Read them from the database.

        Raises
        ------
        SourceError   the official geographic code is not loaded
        """
        names: dict[str, str] = dict(conn.execute(QUERIES["commune_names"]).fetchall())
        if not names:
            raise SourceError("Chargez d'abord le code officiel géographique : « sas ingest cog … --apply ».")
        formers: dict[str, list[tuple[str, str]]] = {}
        for former, name, citycode in conn.execute(QUERIES["former_communes"]):
            formers.setdefault(former, []).append((name, citycode))
        return cls(names, formers)

    def __contains__(self, citycode: str) -> bool:
        return citycode in self._names

    def is_former(self, citycode: str) -> bool:
        """Whether the code was that of a commune, or of a part of one."""
        return citycode in self._formers

    def name_folded(self, citycode: str) -> str:
        """Folded name of a present commune; empty when unknown."""
        return self._names.get(citycode, "")

    def present(self, citycode: str, *, name_folded: str = "", postal_code: str = "") -> str | None:
        """Present commune of a code of any time.

        Town-wide codes of Paris, Lyon and Marseille become the arrondissement of the postal code when it
        tells. A code with several successors is decided by the name, else left undecided (None). Unknown:
        None.
        """
        if citycode in CHILDREN:
            return _arrondissement_of(citycode, postal_code) or (
                citycode if citycode in self._names else None
            )
        if citycode in self._names:
            return citycode
        successors = self._formers.get(citycode, [])
        codes = {code for _, code in successors}
        if len(codes) > 1 and name_folded:
            named = {code for name, code in successors if name == name_folded}
            named = named if len(named) == 1 else {c for c in codes if self._names.get(c) == name_folded}
            codes = named or codes
        return codes.pop() if len(codes) == 1 else None


def _arrondissement_of(citycode: str, postal_code: str) -> str | None:
    prefix = {"75056": ("750", "751"), "69123": ("690",), "13055": ("130",)}[citycode]
    if not postal_code.startswith(prefix):
        return None
    return arrondissement(citycode, int(postal_code[3:]) if postal_code[3:].isdigit() else 0)
