"""Answers at random: any JSON, and clean samples bent in many places at once."""

from __future__ import annotations

import json
import random
from typing import Any, Final

from hypothesis import strategies as st

from tests.unit.slots.bundles import Sample, cpts, ps, sos

WORDS: Final = (
    "resourceType",
    "Bundle",
    "type",
    "searchset",
    "entry",
    "resource",
    "fullUrl",
    "id",
    "Slot",
    "Schedule",
    "Practitioner",
    "PractitionerRole",
    "Location",
    "HealthcareService",
    "Organization",
    "status",
    "free",
    "start",
    "end",
    "meta",
    "security",
    "system",
    "code",
    "coding",
    "value",
    "identifier",
    "actor",
    "reference",
    "contained",
    "location",
    "address",
    "telecom",
    "serviceType",
    "extension",
    "url",
    "comment",
    "2026-10-24T09:00:00Z",
    "#cabinet",
    "Schedule/bourg",
    "899900004215",
)

SCALARS: Final = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(WORDS)
)
VALUES: Final = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)

SPOILS: Final[tuple[Any, ...]] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    10**30,
    "",
    " ",
    "x",
    "free",
    "604",
    "#",
    "#cabinet",
    "Schedule/bourg",
    "Slot/matin",
    "Practitioner/lebrun",
    "urn:uuid:1",
    "javascript:alert(1)",
    "2026-10-24T09:00:00",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "899900004215",
    "\x00",
    "é\u2028",
    [],
    {},
    [[]],
    [None],
    {"reference": 3},
    {"": {}},
    [{}] * 3,
)


def any_sample(rng: random.Random) -> Sample:
    """One of the three clean samples."""
    return rng.choice((ps, cpts, sos))()


def bend(document: Any, rng: random.Random, times: int) -> None:
    """Change a JSON document in place at `times` places: replace, remove, repeat, swap, graft."""
    spots = list(_spots(document))
    for _ in range(times):
        holder, key = rng.choice(spots)
        if isinstance(holder, dict) and key in holder:
            _bend_member(holder, key, rng, spots)
        elif isinstance(holder, list) and holder:
            _bend_item(holder, rng, spots)


def _spots(document: Any) -> Any:
    pending = [document]
    while pending:
        holder = pending.pop()
        for key, value in list(holder.items() if isinstance(holder, dict) else enumerate(holder)):
            yield holder, key
            if isinstance(value, dict | list):
                pending.append(value)


def _bend_member(holder: dict[str, Any], key: str, rng: random.Random, spots: list[Any]) -> None:
    match rng.randrange(4):
        case 0:
            del holder[key]
        case 1:
            holder[rng.choice(WORDS)] = holder.pop(key)
        case 2:
            holder[key] = _graft(rng, spots)
        case _:
            holder[key] = rng.choice(SPOILS)


def _bend_item(holder: list[Any], rng: random.Random, spots: list[Any]) -> None:
    at = rng.randrange(len(holder))
    match rng.randrange(5):
        case 0:
            holder.pop(at)
        case 1:
            holder.insert(rng.randrange(len(holder) + 1), _detached(holder[at]))
        case 2:
            rng.shuffle(holder)
        case 3:
            holder[at] = _graft(rng, spots)
        case _:
            holder[at] = rng.choice(SPOILS)


def _graft(rng: random.Random, spots: list[Any]) -> Any:
    """A value taken from elsewhere in the document."""
    holder, key = rng.choice(spots)
    found = holder.get(key) if isinstance(holder, dict) else (holder[key] if key < len(holder) else None)
    return _detached(found)


def _detached(value: Any) -> Any:
    return json.loads(json.dumps(value))
