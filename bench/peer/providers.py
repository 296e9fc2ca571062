"""Addresses of providers as the directory gives them: split fields with the commune code, many at a time."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

from bench.peer import question
from bench.peer.drawing import addresses, country, drawn
from bench.peer.found import cedex_codes
from bench.peer.noise import Address, Kind, fields, joined, rpps_joined
from bench.peer.reference import streets
from bench.peer.spelling import TITLES, office, postal_line, typing_error, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench.peer.base import Base
    from bench.peer.question import Question

VERSION: Final = 1
BY_SCALE: Final = {"small": 2_000, "demo": 50_000, "national": 200_000}
REPEATED: Final = 0.13
"""Share of the rows that repeat another address: measured on FINESS."""
_SEED: Final = 20_261_127


def noisy_fields(address: Address, dice: random.Random) -> dict[str, str]:
    """Fields with the noise met in the directory: seven rows in ten are as the standard wants them."""
    parts = fields(address, dice)
    chance = dice.random()
    if chance < 0.70:
        return parts
    if chance < 0.82:
        short = postal_line(address.name, dice)
        code = parts["street_type"]
        return parts | {"street_name": short.removeprefix(f"{code} ") if code else short}
    if chance < 0.90:
        wrong = typing_error(parts["street_name"], dice)
        return parts | {"street_name": wrong.upper() if wrong else parts["street_name"]}
    if chance < 0.95:
        code = dice.choice(address.cedex) if address.cedex else address.postcode
        return parts | {"postal_code": code, "office": f"{code} {office(address.city)} CEDEX"}
    if chance < 0.98:
        line = " ".join(
            filter(None, (parts["number"], parts["suffix"], parts["street_type"], parts["street_name"]))
        )
        return parts | {"number": "", "suffix": "", "street_type": "", "street_name": line}
    titles = [TITLES[word][0] if word in TITLES else word for word in words_of(parts["street_name"])]
    wrong_code = dice.choice(address.others) if address.others else address.postcode
    return parts | {"street_name": " ".join(titles).upper(), "postal_code": wrong_code}


def prepared(base: Base, extracts: Path) -> list[Question]:
    """Questions of kind `provider`, with their fields; one in eight repeats another."""
    count = BY_SCALE[base.scale]
    path = base.home / "bench" / f"providers-{base.fingerprint}-{count}-v{VERSION}.jsonl"
    if not path.is_file():
        question.write(path, _all(base, extracts, count))
    return question.read(path)


def _all(base: Base, extracts: Path, count: int) -> Iterator[Question]:
    of = country(streets(base), cedex=cedex_codes(extracts), real=base.real)
    dice = random.Random(_SEED)
    kind = Kind(write=rpps_joined)
    distinct = round(count * (1 - REPEATED))
    made: list[Question] = []
    for one in addresses(of, kind, drawn(of, kind, distinct * 2, _SEED), dice):
        parts = noisy_fields(one.address, dice)
        made.append(one.question("provider", joined(parts), fields=parts))
        if len(made) == distinct:
            break
    repeated = [dice.choice(made) for _ in range(count - len(made))]
    mixed = made + repeated
    dice.shuffle(mixed)
    yield from mixed
