"""Addresses as people write them in the Annuaire: right, abbreviated, incomplete, wrong; with what they mean.

Each address starts from a real one of the invented address base. Its *shape* says how it is written; the
truth (commune, level, position) follows from the shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from demo.chance import choose
from demo.columns import take
from demo.street_words import STREET_TYPES
from demo.streets import SUFFIXES
from demo.words import bare, capitals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from demo.land import Land
    from demo.streets import Numbers

# Shape of an address, its weight in the files (as in the 2021 FINESS stock where it is known), its level.
SHAPES: Final = (
    ("plain", 62.0, "housenumber"),
    ("no-number", 13.0, "street"),
    ("number-in-street", 3.0, "housenumber"),
    ("untyped", 6.0, "housenumber"),
    ("doubled-type", 0.5, "housenumber"),
    ("typing-error", 2.0, "housenumber"),
    ("abbreviated", 4.0, "housenumber"),
    ("no-article", 2.5, "housenumber"),
    ("range", 1.0, "housenumber"),
    ("two-addresses", 0.4, "housenumber"),
    ("street-unknown", 1.2, "municipality"),
    ("mail-box-only", 1.4, "municipality"),
    ("nothing", 1.2, "municipality"),
)
_SHAPE: Final = {name: rank for rank, (name, _, _) in enumerate(SHAPES)}
HAMLET_SHAPES: Final = (
    ("hamlet-mention", 40.0, "locality"),
    ("hamlet-street", 35.0, "locality"),
    ("hamlet-number", 25.0, "housenumber"),
)
ALL_SHAPES: Final = tuple(name for name, _, _ in (*SHAPES, *HAMLET_SHAPES))
_LEVELS: Final = tuple(level for _, _, level in (*SHAPES, *HAMLET_SHAPES))
CITY_STATES: Final = ("given", "missing", "wrong", "town-wide", "former")

_ABBREVIATIONS: Final = {
    "GENERAL": "GAL", "DOCTEUR": "DR", "SAINT": "ST", "SAINTE": "STE", "MARECHAL": "MAL", "PRESIDENT": "PDT",
    "PROFESSEUR": "PR", "CAPITAINE": "CNE", "COMMANDANT": "CDT", "COLONEL": "COL", "LIEUTENANT": "LT",
    "NOTRE": "N",
}  # fmt: skip
_ARTICLES: Final = ("DE LA ", "DE L ", "DES ", "DU ", "DE ", "D ")
_COMPLEMENTS: Final = (
    "BATIMENT B", "BAT A", "RESIDENCE LES PINS", "2EME ETAGE", "ENTREE A", "IMM LE PARC", "ESC 3", "RDC",
    "1ER ETAGE",
    "LES TERRASSES DU PARC", "GALERIE MARCHANDE", "BAT C ESC 2",
)  # fmt: skip
_RECIPIENTS: Final = (
    "MAISON MEDICALE",
    "CABINET MEDICAL",
    "CENTRE MEDICAL",
    "POLE SANTE",
    "CABINET PARAMEDICAL",
)
_UNKNOWN_STREETS: Final = ("DE LA NOUVELLE POSTE", "DU FUTUR LYCEE", "DES CHIMERES", "DU LIEU INCONNU")


@dataclass(frozen=True)
class Spellings:
    """Ways to write the names of the streets of a department; one value per name that is used.

    `at` gives the rank of a street's name in each list.
    """

    at: NDArray[np.int64]
    capitals: pl.Series
    apostrophes: pl.Series
    abbreviated: pl.Series
    bare_of_article: pl.Series
    mistyped: pl.Series


def spell(land: Land) -> Spellings:
    """All the ways to write each street of the department, hamlets included."""
    streets = land.streets
    keys = np.where(streets.kind < 0, len(streets.cores) + streets.core, streets.core)
    used, at = np.unique(keys, return_inverse=True)
    names = [
        streets.cores[key] if key < len(streets.cores) else streets.hamlets[key - len(streets.cores)]
        for key in used.tolist()
    ]
    upper = [capitals(name) for name in names]
    return Spellings(
        at=at,
        capitals=pl.Series(upper),
        apostrophes=pl.Series([bare(name).upper() for name in names]),
        abbreviated=pl.Series([abbreviate(name) for name in upper]),
        bare_of_article=pl.Series([_without_article(name) for name in upper]),
        mistyped=pl.Series([_mistype(name) for name in upper]),
    )


def abbreviate(name: str) -> str:
    """Titles and saints shortened, as in files of limited width."""
    return " ".join(_ABBREVIATIONS.get(word, word) for word in name.split())


def _without_article(name: str) -> str:
    for article in _ARTICLES:
        if name.startswith(article):
            return name[len(article) :]
    return name


def _mistype(name: str) -> str:
    """Two letters of the longest word change places."""
    word = max(name.split(), key=len)
    middle = len(word) // 2
    if len(word) < 5 or word.isdigit():
        return f"{name}S"
    return name.replace(word, word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :], 1)


def write(
    land: Land,
    spellings: Spellings,
    street: NDArray[np.int64],
    rank: NDArray[np.int64],
    rng: np.random.Generator,
) -> pl.DataFrame:
    """The twelve address columns of the Annuaire for these addresses, then their truth.

    Columns: recipient, building, number, repeat, type_code, type_label, street, mention, office, postal_code,
    citycode, city; truth: true_citycode, level, lon, lat (degrees), shape, city_state.
    """
    size = len(street)
    streets = land.streets
    numbers = land.numbers(street, rank)
    commune = streets.commune[street]
    is_hamlet = streets.kind[street] < 0
    shape = np.where(
        is_hamlet,
        len(SHAPES) + choose(rng, [row[1] for row in HAMLET_SHAPES], size),
        choose(rng, [row[1] for row in SHAPES], size),
    )
    # A street without any number cannot be met by number.
    empty = streets.count[street] == 0
    shape = np.where(empty & (shape == len(ALL_SHAPES) - 1), len(SHAPES), shape)
    at = spellings.at[street]
    kind = np.maximum(streets.kind[street], 0)
    frame = pl.DataFrame(
        {
            "shape": take(ALL_SHAPES, shape),
            "n": pl.Series(numbers.number),
            "suffix": take(SUFFIXES, numbers.suffix),
            "code": take([row[1] for row in STREET_TYPES], kind),
            "label": take([row[2] for row in STREET_TYPES], kind),
            "upper": take([capitals(row[2]) for row in STREET_TYPES], kind),
            "name": take(spellings.capitals, at),
            "apostrophe": take(spellings.apostrophes, at),
            "abbreviated": take(spellings.abbreviated, at),
            "article": take(spellings.bare_of_article, at),
            "mistyped": take(spellings.mistyped, at),
            "unknown": take(_UNKNOWN_STREETS, rng.integers(0, len(_UNKNOWN_STREETS), size)),
            "complement": take(_COMPLEMENTS, rng.integers(0, len(_COMPLEMENTS), size)),
            "recipient_word": take(_RECIPIENTS, rng.integers(0, len(_RECIPIENTS), size)),
            "box": pl.Series(rng.integers(10, 999, size)),
            "u": pl.Series(rng.random(size)),
            "v": pl.Series(rng.random(size)),
            "w": pl.Series(rng.random(size)),
        }
    )
    lines = frame.select(**_street_columns())
    return pl.concat(
        [lines, _town(land, street, commune, rng), _truth(land, street, commune, shape, numbers)],
        how="horizontal",
    )


def _street_columns() -> dict[str, pl.Expr]:
    shape, n, suffix = pl.col("shape"), pl.col("n").cast(pl.String), pl.col("suffix")
    has_number = ~shape.is_in(
        [
            "no-number",
            "number-in-street",
            "street-unknown",
            "mail-box-only",
            "nothing",
            "hamlet-mention",
            "hamlet-street",
        ]
    )
    typed = ~shape.is_in(
        [
            "number-in-street",
            "untyped",
            "mail-box-only",
            "nothing",
            "hamlet-mention",
            "hamlet-street",
            "hamlet-number",
        ]
    )
    in_number = pl.col("u") < 0.35  # the suffix stands in the number: "12B"
    letter = suffix.str.slice(0, 1).str.to_uppercase()
    number = (
        pl.when(~has_number)
        .then(pl.lit(""))
        .when(shape == "range")
        .then(n + "-" + (pl.col("n") + 2).cast(pl.String))
        .when((suffix != "") & in_number)
        .then(n + letter)
        .otherwise(n)
    )
    repeat = (
        pl.when(~has_number | in_number | (suffix == "") | (shape == "range"))
        .then(pl.lit(""))
        .when(pl.col("u") < 0.75)
        .then(letter)
        .otherwise(suffix.str.to_uppercase())
    )
    whole = pl.col("upper") + " " + pl.col("name")
    numbered = (
        n + pl.when(suffix == "").then(pl.lit("")).otherwise(" " + suffix.str.to_uppercase()) + " " + whole
    )
    street = (
        pl.when(shape == "number-in-street").then(numbered)
        .when(shape.is_in(["untyped", "doubled-type"])).then(whole)
        .when(shape == "typing-error").then(pl.col("mistyped"))
        .when(shape == "abbreviated").then(pl.col("abbreviated"))
        .when(shape == "no-article").then(pl.col("article"))
        .when(shape == "two-addresses").then(pl.col("name") + " / 2 PLACE DU MARCHE")
        .when(shape == "street-unknown").then(pl.col("unknown"))
        .when(shape.is_in(["mail-box-only", "nothing", "hamlet-mention"])).then(pl.lit(""))
        .when(shape == "hamlet-street").then(pl.lit("LIEU DIT ") + pl.col("name"))
        .when(shape == "hamlet-number").then(pl.col("name"))
        .when(pl.col("v") < 0.4).then(pl.col("apostrophe"))
        .otherwise(pl.col("name"))
    )  # fmt: skip
    box = (
        pl.when(pl.col("w") < 0.6)
        .then("BP " + pl.col("box").cast(pl.String))
        .otherwise("CS " + (pl.col("box") + 10_000).cast(pl.String))
    )
    mention = (
        pl.when(shape == "hamlet-mention")
        .then(pl.when(pl.col("v") < 0.5).then("LIEU DIT " + pl.col("name")).otherwise(pl.col("name")))
        .when((shape == "mail-box-only") | (pl.col("w") > 0.95))
        .then(box)
        .otherwise(pl.lit(""))
    )
    return {
        "recipient": pl.when(pl.col("v") > 0.95).then(pl.col("recipient_word")).otherwise(pl.lit("")),
        "building": pl.when(pl.col("v") < 0.12).then(pl.col("complement")).otherwise(pl.lit("")),
        "number": number,
        "repeat": repeat,
        "type_code": pl.when(typed).then(pl.col("code")).otherwise(pl.lit("")),
        "type_label": pl.when(typed).then(pl.col("label")).otherwise(pl.lit("")),
        "street": street,
        "mention": mention,
    }


def _town(
    land: Land, street: NDArray[np.int64], commune: NDArray[np.int64], rng: np.random.Generator
) -> pl.DataFrame:
    """Office, postal code, commune code and name; half of the codes are missing, a few are wrong."""
    size = len(street)
    communes, streets = land.communes, land.streets
    postal_first = np.concatenate([[0], np.cumsum([len(c.postal_codes) for c in communes])[:-1]])
    postal = take(
        [code for c in communes for code in c.postal_codes], (postal_first[commune] + streets.postal[street])
    )
    named = [[f for f in c.formers if f.name] for c in communes]
    former_first = np.concatenate([[0], np.cumsum([len(f) for f in named])[:-1]])
    formers = [former for group in named for former in group]
    in_former = streets.former[street] >= 0
    former_rank = np.where(in_former, former_first[commune] + streets.former[street], 0).astype(np.int64)
    state = choose(rng, [47.0, 52.0, 0.5, 0.5, 0.0], size)
    is_arm = np.array([c.kind == "ARM" for c in communes])[commune]
    arrondissement = np.array(land.arrondissements)[commune]
    state = np.where(is_arm & (rng.random(size) < 0.03), 3, state)
    state = np.where((state == 3) & ~is_arm, 0, state)
    state = np.where(in_former & (state == 0) & (rng.random(size) < 0.5), 4, state)
    cedex = pl.Series([land.cedex.get(rank, "") for rank in range(len(communes))], dtype=pl.String)
    by_cedex = (rng.random(size) < 0.09) & np.array([rank in land.cedex for rank in range(len(communes))])[
        commune
    ]
    codes = [c.citycode for c in communes]
    names = [c.name.replace(" Arrondissement", "  Arrondissement") for c in communes]
    frame = pl.DataFrame(
        {
            "postal": postal,
            "cedex": take(cedex, commune),
            "by_cedex": pl.Series(by_cedex),
            "town": take(land.offices, commune),
            "code": take(codes, commune),
            "wrong": take(codes, rng.integers(0, len(codes), size)),
            "parent": take([c.parent or c.citycode for c in communes], commune),
            "former_code": take([f.citycode for f in formers] or [""], former_rank),
            "former_name": take([f.name for f in formers] or [""], former_rank),
            "name": take(names, commune),
            "city_state": take(CITY_STATES, state),
            "order": pl.Series(np.where(is_arm, arrondissement, rng.integers(1, 4, size))),
            "is_arm": pl.Series(is_arm),
            "u": pl.Series(rng.random(size)),
        }
    )
    state_is = pl.col("city_state")
    former_town = pl.col("former_name").map_elements(capitals, return_dtype=pl.String)
    town = pl.when((state_is == "former") & (pl.col("u") < 0.4)).then(former_town).otherwise(pl.col("town"))
    suffix = (
        pl.when(~pl.col("is_arm") & (pl.col("u") < 0.6))
        .then(pl.lit(" CEDEX"))
        .when(pl.col("u") < 0.8)
        .then(" CEDEX " + pl.col("order").cast(pl.String))
        .otherwise(" CEDEX " + pl.col("order").cast(pl.String).str.zfill(2))
    )
    postal_code = pl.when(pl.col("by_cedex")).then(pl.col("cedex")).otherwise(pl.col("postal"))
    return frame.select(
        office=postal_code + " " + pl.when(pl.col("by_cedex")).then(pl.col("town") + suffix).otherwise(town),
        postal_code=postal_code,
        citycode=pl.when(state_is == "missing").then(pl.lit(""))
        .when(state_is == "wrong").then(pl.col("wrong"))
        .when(state_is == "town-wide").then(pl.col("parent"))
        .when(state_is == "former").then(pl.col("former_code"))
        .otherwise(pl.col("code")),
        city=pl.when(state_is == "missing").then(pl.lit(""))
        .when(state_is == "former").then(pl.col("former_name"))
        .otherwise(pl.col("name")),
        city_state=pl.when((state_is == "wrong") & (pl.col("wrong") == pl.col("code")))
        .then(pl.lit("given")).otherwise(state_is),
        by_cedex=pl.col("by_cedex"),
    )  # fmt: skip


def _truth(
    land: Land,
    street: NDArray[np.int64],
    commune: NDArray[np.int64],
    shape: NDArray[np.int64],
    numbers: Numbers,
) -> pl.DataFrame:
    """What a perfect reader would find: commune, level, position of that level."""
    streets = land.streets
    level = np.array(
        [{"housenumber": 0, "street": 1, "locality": 1, "municipality": 2}[name] for name in _LEVELS]
    )[shape]
    middle = streets.length_m[street] / 2
    x = np.choose(
        level, [numbers.x, streets.x[street] + streets.dx[street] * middle, land.centres.x[commune]]
    )
    y = np.choose(
        level, [numbers.y, streets.y[street] + streets.dy[street] * middle, land.centres.y[commune]]
    )
    lon, lat = land.degrees(x, y)
    return pl.DataFrame(
        {
            "true_citycode": take([c.citycode for c in land.communes], commune),
            "level": take(_LEVELS, shape),
            "lon": pl.Series(lon),
            "lat": pl.Series(lat),
            "shape": take(ALL_SHAPES, shape),
        }
    )
