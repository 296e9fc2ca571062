"""Kinds of noise: an address of the base, and how somebody would write it. Pure and seeded.

Each kind answers a text, or None when the address cannot bear that noise (no title to abbreviate, no
apostrophe to lose): another address is then drawn.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bench.peer.spelling import (
    STREET_TYPES,
    abbreviated,
    bare,
    fold,
    office,
    postal_line,
    repetition,
    split_type,
    typing_error,
    words_of,
    written_out,
)

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address of the base. `number` empty for a street or a lieu-dit; `city` without its arrondissement.

    others   postal codes of other communes of the department; cedex: CEDEX codes of the commune
    """

    number: str = ""
    rep: str = ""
    name: str
    postcode: str
    city: str
    citycode: str = ""
    oldcity: str = ""
    others: tuple[str, ...] = ()
    cedex: tuple[str, ...] = ()

    @property
    def door(self) -> str:
        """Number and index in words: "12 bis"."""
        return " ".join(part for part in (self.number, written_out(self.rep)) if part)

    @property
    def arrondissement(self) -> int:
        """Rank of the arrondissement of Paris, Lyon or Marseille; 0 elsewhere."""
        code = self.citycode
        if code[:3] not in {"751", "132"} and code[:4] != "6938":
            return 0
        return int(code[4:]) if code[:4] == "6938" else int(code[3:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of noise.

    write     the text, from an address
    wants     what is drawn: `number`, `street` (asked without number), `locality`, `town`
    needs     what the address must have: `rep`, `oldcity`, `arrondissement`, `apostrophe`, `cedex`
    keeps     what the text still says of the commune: `postcode`, `name`, `oldcity`
    typeless  whether streets that differ by their type only are all right
    among     how many answers are looked at
    """

    write: Callable[[Address, random.Random], str | None]
    wants: str = "number"
    needs: str = ""
    keeps: str = "postcode"
    typeless: bool = False
    among: int = 1


def _line(address: Address, name: str | None = None, *, door: str | None = None) -> str:
    return f"{address.door if door is None else door} {address.name if name is None else name}".strip()


def _whole(address: Address, line: str | None = None, *, city: str | None = None) -> str:
    text = _line(address) if line is None else line
    return f"{text} {address.postcode} {address.city if city is None else city}"


def clean(address: Address, _: random.Random) -> str:
    """As the base writes it."""
    return _whole(address)


def upper(address: Address, _: random.Random) -> str:
    """Capitals without accents."""
    return bare(_whole(address)).upper()


def abbreviations(address: Address, dice: random.Random) -> str | None:
    """Type and titles shortened, as people do."""
    short = abbreviated(address.name, dice)
    if short == address.name:
        return None
    if dice.random() < 0.5:
        short = short.lower()
        short = re.sub(r"^(av|bd|pl|imp|all)\b", r"\1.", short)
    return _whole(address, _line(address, short))


def afnor(address: Address, dice: random.Random) -> str:
    """Lines 4 and 6 of the postal standard."""
    door = f"{address.number}{' ' + written_out(address.rep).upper() if address.rep else ''}"
    return f"{door} {postal_line(address.name, dice)} {address.postcode} {office(address.city)}"


def no_street_type(address: Address, _: random.Random) -> str | None:
    """The name without its type nor the article after it."""
    kind, rest = split_type(address.name)
    rest = re.sub(r"^(?:de la |du |des |de l['’]|de |d['’])", "", rest)
    # Digits that open the rest would be read as the number.
    return _whole(address, _line(address, rest)) if kind and rest and not rest[0].isdigit() else None


def no_postcode(address: Address, dice: random.Random) -> str:
    """Street and town."""
    return f"{_line(address)}{dice.choice((' ', ', '))}{address.city}"


def locality(address: Address, dice: random.Random) -> str:
    """A lieu-dit, announced or not."""
    before = dice.choice(("", "", "lieu-dit ", "LD ", "Lieudit "))
    return _whole(address, f"{before}{address.name}")


def street_alone(address: Address, _: random.Random) -> str:
    """A street without number."""
    return _whole(address, address.name)


def town_alone(address: Address, dice: random.Random) -> str:
    """Postal code and town, in either order."""
    name = dice.choice((address.city, bare(address.city).upper(), office(address.city)))
    return dice.choice((f"{address.postcode} {name}", f"{name} {address.postcode}"))


def one_error(address: Address, dice: random.Random) -> str | None:
    """One typing error, in the street or, one time in four, in the town."""
    _, rest = split_type(address.name)
    before = address.name[: len(address.name) - len(rest)]
    if dice.random() < 0.25:
        city = typing_error(address.city, dice)
        return city and _whole(address, city=city)
    wrong = typing_error(rest, dice)
    return wrong and _whole(address, _line(address, f"{before}{wrong}"))


def two_errors(address: Address, dice: random.Random) -> str | None:
    """Two typing errors, in the street or one in the town."""
    _, rest = split_type(address.name)
    before = address.name[: len(address.name) - len(rest)]
    wrong = typing_error(rest, dice)
    if dice.random() < 0.5:
        wrong = wrong and typing_error(wrong, dice)
        return wrong and _whole(address, _line(address, f"{before}{wrong}"))
    city = typing_error(address.city, dice)
    return _whole(address, _line(address, f"{before}{wrong}"), city=city) if wrong and city else None


def index_forms(address: Address, dice: random.Random) -> str:
    """The repetition index in all its spellings."""
    word, letter = written_out(address.rep), repetition(address.rep)
    n = address.number
    forms = (
        f"{n}{word}", f"{n} {word}", f"{n} {word.upper()}", f"{n}{letter.upper()}", f"{n} {letter.upper()}",
        f"{n}-{word}", f"{n}{letter},", f"{n} {word},", f"{n.zfill(4)} {word.upper()}",
    )  # fmt: skip
    return _whole(address, _line(address, door=dice.choice(forms)))


def index_in_middle(address: Address, _: random.Random) -> str | None:
    """The index after the type, as FINESS writes it: “6 AV B DU MAINE”."""
    kind, rest = split_type(address.name)
    if not kind:
        return None
    line = f"{address.number} {STREET_TYPES[kind][0]} {repetition(address.rep).upper()} {fold(rest).upper()}"
    return f"{line} {address.postcode} {office(address.city)}"


def cedex(address: Address, dice: random.Random) -> str | None:
    """A CEDEX code and office, with a box or not."""
    town, rank = office(address.city), address.arrondissement
    if rank:
        code = f"{address.citycode[:2]}{dice.randrange(2, 10)}{rank:02d}"
        tail = f"{code} {town} CEDEX {rank:02d}"
    elif address.cedex:
        last = f" {dice.randrange(1, 10)}" if dice.random() < 0.3 else ""
        tail = f"{dice.choice(address.cedex)} {town} CEDEX{last}"
    else:
        return None
    box = dice.choice(("", "", f" BP {dice.randrange(10, 999)}", f" CS {dice.randrange(10000, 99999)}"))
    return f"{_line(address, postal_line(address.name, dice)).upper()}{box} {tail}"


def historic_commune(address: Address, _: random.Random) -> str | None:
    """The former commune in place of the present one."""
    return _whole(address, city=address.oldcity) if fold(address.oldcity) != fold(address.city) else None


def apostrophes(address: Address, dice: random.Random) -> str:
    """Curly, lost, or replaced by a space."""
    return re.sub(r"['’]", dice.choice(("’", " ", "", "' ", "`")), _whole(address))


def wrong_postcode(address: Address, dice: random.Random) -> str | None:
    """The postal code of another commune of the department."""
    if not address.others:
        return None
    return f"{_line(address)} {dice.choice(address.others)} {address.city}"


def arrondissements(address: Address, dice: random.Random) -> str:
    """The town with the rank of its arrondissement, in all its spellings."""
    town, rank, line = address.city, address.arrondissement, _line(address)
    ordinal = "1er" if rank == 1 else f"{rank}e"
    forms = [
        f"{line} {town} {rank}", f"{line} {town} {ordinal}", f"{line} {town} {ordinal} arrondissement",
        f"{line} {town.upper()} {rank:02d}", f"{line} {address.postcode} {town} {ordinal} Arrondissement",
        f"{line} {town.upper()} {'1ER' if rank == 1 else f'{rank}EME'}", f"{line}, {town} {rank}ème",
        f"{line} {address.postcode} {town.upper()} {rank:02d}",
    ]  # fmt: skip
    if address.citycode == "75116":
        forms += [f"{line} 75116 Paris", f"{line} 75016 Paris"]
    return dice.choice(forms)


def extra_text(address: Address, dice: random.Random) -> str:
    """Floor, building, practice or country added."""
    inside = dice.choice((
        "Bâtiment B", "Bat 3", "2e étage", "3ème étage porte gauche", "Appt 12", "Escalier C", "Esc 2 RDC",
        "Résidence les Tilleuls", "Cabinet médical", "Centre de santé", "Maison médicale", "Hall B",
        "1er étage droite", "Interphone 14", "chez M. Martin", "c/o SCM des Lilas",
    ))  # fmt: skip
    country = dice.choice(("", " France", ", FRANCE"))
    line = _line(address)
    tail = f"{address.postcode} {address.city}{country}"
    return dice.choice((f"{inside} {line} {tail}", f"{inside}, {line}, {tail}", f"{line} {inside} {tail}",
                        f"{line}, {inside}, {tail}"))  # fmt: skip


def order_changed(address: Address, dice: random.Random) -> str:
    """Number last, or the town first."""
    door, name, town, code = address.door, address.name, address.city, address.postcode
    return dice.choice((
        f"{name} {door} {code} {town}", f"{name}, {door}, {code} {town}", f"{code} {town} {door} {name}",
        f"{code} {town}, {door} {name}", f"{town} {door} {name}", f"{town} {name} {door}",
        f"{code} {town} {name} {door}", f"{town} {code} {name} {door}",
    ))  # fmt: skip


def fields(address: Address, dice: random.Random) -> dict[str, str]:
    """The practice fields of the directory (RPPS): capitals, code of the type, number and index apart."""
    kind, rest = split_type(address.name)
    special = dice.choice(("", "", "", "", f"BP {dice.randrange(10, 999)}", "RESIDENCE LES PINS"))
    place = dice.choice(("", "", "", "", "BATIMENT A", "2EME ETAGE", "MAISON MEDICALE"))
    index = repetition(address.rep) if dice.random() < 0.7 else written_out(address.rep)
    return {
        "complement": place,
        "number": address.number if dice.random() > 0.05 else address.number.zfill(4),
        "suffix": index.upper(),
        "street_type": STREET_TYPES[kind][0] if kind else "",
        "street_name": " ".join(words_of(rest)).upper(),
        "locality": special,
        "postal_code": address.postcode,
        "office": f"{address.postcode} {office(address.city)}",
        "citycode": address.citycode,
    }


def joined(parts: dict[str, str]) -> str:
    """Fields as one line, without the codes that people do not write."""
    names = ("complement", "number", "suffix", "street_type", "street_name", "locality", "office")
    return " ".join(parts[name] for name in names if parts[name])


def rpps_joined(address: Address, dice: random.Random) -> str:
    """The fields of the directory as one line."""
    return joined(fields(address, dice))


def prefix(address: Address, dice: random.Random) -> str | None:
    """The text as it stands while being typed: the town begun, or the end of the street, its town known."""
    town = address.city
    if dice.random() < 0.5:
        if len(town) < 5:
            return None
        begun = town[: dice.randrange(3, len(town))]
        middle = f" {address.postcode}" if dice.random() < 0.5 else ""
        text = f"{_line(address)}{middle} {begun}"
    else:
        last = address.name.rpartition(" ")[2]
        if len(last) < 6:
            return None
        begun = address.name[: len(address.name) - len(last) + dice.randrange(4, len(last))]
        text = dice.choice((f"{address.postcode} {_line(address, begun)}", f"{town} {_line(address, begun)}"))
    return text.lower() if dice.random() < 0.5 else text


def missing_number(address: Address, _: random.Random) -> str:
    """A number that the street does not have."""
    return _whole(address)


KINDS: Final[Mapping[str, Kind]] = {
    "clean": Kind(write=clean),
    "upper_case": Kind(write=upper),
    "abbreviations": Kind(write=abbreviations),
    "afnor": Kind(write=afnor),
    "no_street_type": Kind(write=no_street_type, typeless=True),
    "no_postcode": Kind(write=no_postcode, keeps="name"),
    "lieu_dit": Kind(write=locality, wants="locality"),
    "street_alone": Kind(write=street_alone, wants="street"),
    "commune_alone": Kind(write=town_alone, wants="town"),
    "one_error": Kind(write=one_error),
    "two_errors": Kind(write=two_errors),
    "index_forms": Kind(write=index_forms, needs="rep"),
    "index_in_middle": Kind(write=index_in_middle, needs="rep"),
    "cedex": Kind(write=cedex, needs="cedex", keeps="name"),
    "historic_commune": Kind(write=historic_commune, needs="oldcity", keeps="oldcity"),
    "apostrophes": Kind(write=apostrophes, needs="apostrophe"),
    "number_not_in_base": Kind(write=missing_number, wants="absent_number"),
    "wrong_postcode": Kind(write=wrong_postcode, keeps="name"),
    "arrondissements": Kind(write=arrondissements, needs="arrondissement"),
    "extra_text": Kind(write=extra_text),
    "order_changed": Kind(write=order_changed, keeps="name"),
    "rpps_joined": Kind(write=rpps_joined),
    "prefix": Kind(write=prefix, keeps="name", among=5),
}
"""Kinds made from the base; `finess_real` and `real_cases` are read, `absent_street` is drawn apart."""
