"""A practitioner as somebody names them: an identifier, or the words of a name, however damaged.

The contextual call of the regulation software writes `urn:oid:1.2.250.1.71.4.2.1|8<RPPS>`; people type an
RPPS with spaces, a name in any order, a title before it. Pure and total: any text is read as something.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import unquote

from care.identifier import is_adeli, is_idnps
from geo.geocoding.normalise import fold

IDNPS_SYSTEM: Final = "urn:oid:1.2.250.1.71.4.2.1"
MAX_TEXT: Final = 200
_MAX_WORDS: Final = 4
_FEW_DIGITS: Final = 5
_CODED: Final = re.compile(r":|%3a|^\s*(?:urn|oid)\b|1\.2\.250\.", re.IGNORECASE)
_RPPS: Final = re.compile(r"[0-9]{11}")
_SHAPED: Final = re.compile(r"8[0-9]{11}")
_WELL_CODED: Final = re.compile(re.escape(IDNPS_SYSTEM) + r"\|(\w{10,12})", re.IGNORECASE | re.ASCII)
_LABELS: Final = frozenset({"rpps", "adeli", "idnps", "n", "no", "num", "numero", "id", "identifiant"})
_TITLES: Final = frozenset(
    [
        *("dr", "dre", "doc", "docteur", "docteure", "pr", "prof", "professeur", "professeure"),
        *("m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "medecin", "traitant"),
    ]
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """What a text names.

    kind      `missing`: nothing; `invalid`: meant as an identifier, and is none; `identifier`; `name`
    idnps     `8` + RPPS or `0` + ADELI, for an identifier
    checked   whether its check digit is right; a wrong one may still stand in a directory of invented people
    words     words of the name, folded, at most four, the longest ones
    initial   initial of the given name, when one letter stands alone
    """

    kind: Literal["missing", "invalid", "identifier", "name"]
    idnps: str = ""
    checked: bool = True
    words: tuple[str, ...] = ()
    initial: str = ""


def read_named(text: str) -> Named:
    """What somebody named.

    >>> read_named("urn:oid:1.2.250.1.71.4.2.1|899900000011").idnps, read_named("RPPS 99900 00001 1").idnps
    ('899900000011', '899900000011')
    >>> read_named("urn:oid:1.2.250.1.71.4.2.1899900000011").kind
    'invalid'
    >>> read_named("Dr Le Goff, Marie-Jeanne").words
    ('le', 'goff', 'marie', 'jeanne')
    """
    text = text[:MAX_TEXT].strip()
    if not fold(text):
        return Named(kind="missing")
    if _CODED.search(text):
        coded = _WELL_CODED.fullmatch(unquote(text).strip())
        return _identifier(coded[1].upper()) if coded is not None else Named(kind="invalid")
    tokens = [token for token in fold(text).split() if token not in _LABELS]
    for written in (*tokens, "".join(tokens)):
        if idnps := _idnps(written.upper()):
            return _identifier(idnps)
    if sum(character.isdigit() for token in tokens for character in token) >= _FEW_DIGITS:
        return Named(kind="invalid")
    return _name(tokens)


def _identifier(idnps: str) -> Named:
    if _SHAPED.fullmatch(idnps) is None and not is_idnps(idnps):
        return Named(kind="invalid")
    return Named(kind="identifier", idnps=idnps, checked=is_idnps(idnps))


def _idnps(written: str) -> str:
    """The IDNPS of an RPPS, an ADELI number or an IDNPS; empty for anything else."""
    if _RPPS.fullmatch(written):
        return f"8{written}"
    if _SHAPED.fullmatch(written) or is_idnps(written):
        return written
    digits = sum(character.isdigit() for character in written)
    return f"0{written}" if is_adeli(written) and digits > _FEW_DIGITS else ""


def _name(tokens: list[str]) -> Named:
    words = [token for token in tokens if len(token) > 1 and token not in _TITLES and not token.isdigit()]
    kept = sorted(words, key=len, reverse=True)[:_MAX_WORDS]
    initials = [token for token in tokens if len(token) == 1 and token.isalpha() and token not in _TITLES]
    if not kept:
        return Named(kind="missing")
    return Named(
        kind="name",
        words=tuple(dict.fromkeys(word for word in words if word in kept)),
        initial=initials[0] if initials else "",
    )
