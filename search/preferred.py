"""The preferred doctor ("médecin traitant"): found by identifier or by name, over the whole country.

The one exception to the neutral order: the caller pins the offers found before the others, tagged, whatever
their distance and even without a slot, and leaves them out of the ordinary list. Somebody not surely known is
never pinned: several people are told apart by the one who asks. What is typed is never logged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from rapidfuzz.distance import OSA

from care.practitioner_name import read_named
from search.statements import rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from psycopg import AsyncConnection

Refusal = Literal["sas_pf_001", "sas_pf_002"]
State = Literal["found", "ambiguous", "not-found", "invalid", "missing"]

MAX_PEOPLE: Final = 20
BAD_IDENTIFIER: Final[Refusal] = "sas_pf_001"
MISSING: Final[Refusal] = "sas_pf_002"
_LIKE_WORDS: Final = 24
_LIKE_PEOPLE: Final = 300
_GROUPS: Final = 4
_LONG_WORD: Final = 8
_SHORTEST_WRONG: Final = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class PreferredPerson:
    """A practitioner who may be the one meant, with every place where they practise.

    offer_ids   sheets of the directory, in a stable order
    communes    where these places are, by name
    """

    idnps: str
    rpps: str | None
    name: str
    specialty_codes: tuple[str, ...]
    communes: tuple[str, ...]
    offer_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Preferred:
    """What was found.

    state       `found`: one person; `ambiguous`: several, to be chosen from; `not-found`; `invalid`: an
                identifier that is none; `missing`: nothing was asked
    code        stable code of the refusal (`sas_pf_001`, `sas_pf_002`), None otherwise
    people      at most twenty, in alphabetical order
    truncated   there are more than twenty
    exact       the words stand in the name as they were asked; False when a typing error was put right
    """

    state: State
    code: Refusal | None = None
    people: tuple[PreferredPerson, ...] = ()
    truncated: bool = False
    exact: bool = True

    @property
    def offer_ids(self) -> tuple[str, ...]:
        """The offers to pin: those of the one person found; none when it is not sure who is meant."""
        return self.people[0].offer_ids if self.state == "found" else ()


async def find_preferred(conn: AsyncConnection[Any], text: str) -> Preferred:
    """Whom a text names: an RPPS, an IDNPS, an ADELI number, the form of the contextual call, or a name.

    Nothing is raised for what is typed: the state says what it was. Practitioners only, no limit of distance.
    """
    named = read_named(text)
    if named.kind == "missing":
        return Preferred(state="missing", code=MISSING)
    if named.kind == "invalid":
        return Preferred(state="invalid", code=BAD_IDENTIFIER)
    if named.kind == "identifier":
        people = await _people(conn, [named.idnps])
        if not people and not named.checked:
            return Preferred(state="invalid", code=BAD_IDENTIFIER)
        return _settled(people)
    found = await rows(
        conn, "people_named", words=list(named.words), initial=named.initial, max_rows=MAX_PEOPLE + 1
    )
    if found:
        people = await _people(conn, [row["idnps"] for row in found])
        return _settled(people, truncated=len(found) > MAX_PEOPLE)
    nearest = await _nearest(conn, named.words)
    people = await _people(conn, nearest[: MAX_PEOPLE + 1])
    return _settled(people, truncated=len(nearest) > MAX_PEOPLE, exact=False)


def _settled(people: Sequence[PreferredPerson], *, truncated: bool = False, exact: bool = True) -> Preferred:
    if not people:
        return Preferred(state="not-found")
    state: State = "found" if len(people) == 1 and not truncated else "ambiguous"
    return Preferred(state=state, people=tuple(people[:MAX_PEOPLE]), truncated=truncated, exact=exact)


async def _people(conn: AsyncConnection[Any], idnps: Sequence[str]) -> list[PreferredPerson]:
    """Those who have a sheet, by name."""
    found = await rows(conn, "preferred_people", people=list(idnps)) if idnps else []
    return sorted((_person(row) for row in found), key=lambda person: (person.name, person.idnps))


def _person(row: Mapping[str, Any]) -> PreferredPerson:
    return PreferredPerson(
        idnps=row["idnps"],
        rpps=row["rpps"],
        name=f"{row['family_name']} {row['given_name']}".strip(),
        specialty_codes=tuple(row["specialty_codes"] or ()),
        communes=tuple(row["communes"] or ()),
        offer_ids=tuple(row["offer_ids"]),
    )


async def _nearest(conn: AsyncConnection[Any], words: Sequence[str]) -> list[str]:
    """IDNPS of the people whose name is the least far from words of which one at least is mistyped."""
    near: list[dict[str, int]] = []
    for word in words:
        like = await rows(conn, "words_like", word=word, max_rows=_LIKE_WORDS)
        near.append({row["word"]: cost for row in like if (cost := _cost(word, row)) is not None})
    if not near or not all(near):
        return []
    groups = [list(group) for group in near]
    groups += groups[:1] * (_GROUPS - len(groups))
    found = await rows(
        conn,
        "people_named_like",
        one=groups[0],
        two=groups[1],
        three=groups[2],
        four=groups[3],
        max_rows=_LIKE_PEOPLE,
    )
    costs = {row["idnps"]: _total(near, row["words"]) for row in found}
    least = min(costs.values(), default=0)
    return sorted(idnps for idnps, cost in costs.items() if cost == least)


def _cost(word: str, row: Mapping[str, Any]) -> int | None:
    """Letters wrong between what was asked and a word of a name; at most 1 when it is heard alike.

    None when it is too far: more than one letter, two in a long word.
    """
    errors = OSA.distance(word, row["word"])
    if row["same_sound"]:
        return min(errors, 1)
    allowed = 0 if len(word) < _SHORTEST_WRONG else 1 if len(word) < _LONG_WORD else 2
    return errors if errors <= allowed else None


def _total(near: Sequence[Mapping[str, int]], words: Iterable[str]) -> int:
    """Errors of the best reading of every word asked in the words of a name."""
    held = set(words)
    return sum(min(cost for word, cost in group.items() if word in held) for group in near)
