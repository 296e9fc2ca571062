"""Places of practice as the Annuaire tells them: establishments of FINESS, cabinets, companies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from demo import addressing, identifiers
from demo.columns import take
from demo.names import FAMILY
from demo.people import SECTOR_CODES

if TYPE_CHECKING:
    from demo.land import Land
    from demo.people import Places
    from demo.structures import Structures

_COMPANY_SECTORS: Final = frozenset({"SA09", "SA42", "SA46", "SA24"})
_ABROAD: Final = 0.004


def build(
    land: Land,
    structures: Structures,
    known: Places,
    rng: np.random.Generator,
    persons: pl.DataFrame,
    *,
    siren_from: int,
) -> pl.DataFrame:
    """One row per place: identifiers, names, telephone, address as written, truth.

    `persons` gives the names of those who own an individual cabinet; `siren_from` is the first free rank.
    """
    size, count = len(known.street), known.finess_count
    others = size - count
    code = land.department.code
    ranks = np.arange(others)
    rest = _outside_finess(known, rng, persons, siren_from + len(structures))
    blank = pl.Series([""] * others, dtype=pl.String)
    frame = structures.frame
    serial = pl.Series(99_900_000_000 + _serial_block(land.department.code) + ranks).cast(pl.String)
    both = pl.DataFrame(
        {
            "finess": pl.concat([frame["finess"], blank]),
            "finess_ej": pl.concat([frame["finess_ej"], blank]),
            "siren": pl.concat([frame["siren"], rest["siren"]]),
            "siret": pl.concat([frame["siret"], rest["siret"]]),
            "structure": pl.concat(
                [
                    pl.select(pl.lit("F") + frame["finess"]).to_series(),
                    pl.select(pl.lit("R") + serial).to_series(),
                ]
            ),
            "place_name": pl.concat([frame["name"], rest["name"]]),
            "sign": pl.concat([pl.Series([""] * count, dtype=pl.String), rest["sign"]]),
            "phone_number": pl.concat(
                [frame["phone"], identifiers.phones(code, land.department.region, ranks * 3 + 5)]
            ),
            "p": pl.Series(rng.random(size)),
            "q": pl.Series(rng.random(size)),
        }
    )
    spelt = addressing.write(land, addressing.spell(land), known.street, known.rank, rng)
    abroad = np.zeros(size, dtype=bool)
    abroad[count:] = (rng.random(others) < _ABROAD) & (known.owner[count:] >= 0)
    placed = pl.concat([both.with_columns(phone=_phone(), abroad=pl.Series(abroad)), spelt], how="horizontal")
    return _send_abroad(placed).drop("p", "q", "phone_number")


def _outside_finess(
    known: Places, rng: np.random.Generator, persons: pl.DataFrame, siren_from: int
) -> pl.DataFrame:
    """Names of the places that are not establishments, and the SIRET of those that are companies."""
    count = known.finess_count
    others = len(known.street) - count
    siren_rank = (siren_from + np.arange(others)) % 1_000_000
    owner = np.maximum(known.owner[count:], 0)
    rest = pl.DataFrame(
        {
            "sector": take(SECTOR_CODES, known.sector[count:]),
            "siren": identifiers.siren(siren_rank),
            "siret": identifiers.siret(siren_rank, np.ones(others, dtype=np.int64)),
            "owner_family": take(persons["family"], owner),
            "owner_given": take(persons["given"], owner),
            "owner_title": take(persons["title"], owner),
            "other": take(FAMILY, rng.integers(0, len(FAMILY), others)),
            "u": pl.Series(rng.random(others)),
        }
    )
    company = pl.col("sector").is_in(list(_COMPANY_SECTORS))
    return rest.select(
        siren=pl.when(company).then(pl.col("siren")).otherwise(pl.lit("")),
        siret=pl.when(company).then(pl.col("siret")).otherwise(pl.lit("")),
        name=_place_name(),
        sign=pl.when((pl.col("sector") == "SA07") & (pl.col("u") < 0.3)).then(pl.lit("CABINET INDIVIDUEL"))
        .when((pl.col("sector") == "SA08") & (pl.col("u") < 0.5)).then(pl.lit("Cabinet de groupe"))
        .otherwise(pl.lit("")),
    )  # fmt: skip


def _serial_block(department: str) -> int:
    """First serial number of the structures of a department: 2,000,000 for each."""
    return int(department.replace("2A", "996").replace("2B", "997")) * 2_000_000 + 1


def _place_name() -> pl.Expr:
    sector, u = pl.col("sector"), pl.col("u")
    full = pl.col("owner_family") + " " + pl.col("owner_given").str.to_uppercase()
    return (
        pl.when((sector == "SA07") & (u < 0.4) & (pl.col("owner_title") == "DR"))
        .then("CABINET DU DR " + pl.col("owner_family"))
        .when(sector.is_in(["SA07", "SA50"])).then(full)
        .when((sector == "SA08") & (u < 0.5)).then("CABINET " + pl.col("other"))
        .when((sector == "SA08") & (u < 0.6)).then('CABINET "' + pl.col("other") + '"')
        .when(sector == "SA08").then("SCM " + pl.col("other"))
        .when(sector == "SA09").then("SELARL " + pl.col("other"))
        .when(sector == "SA42").then("OPTIQUE " + pl.col("other"))
        .when(sector == "SA46").then("LABORATOIRES " + pl.col("other"))
        .when(sector == "SA24").then("CAISSE " + pl.col("other"))
        .otherwise("STRUCTURE " + pl.col("other"))
    )  # fmt: skip


def _phone() -> pl.Expr:
    number, p = pl.col("phone_number"), pl.col("p")
    pairs = [number.str.slice(2 * i, 2) for i in range(5)]
    return (
        pl.when(p < 0.05).then(pl.lit(""))
        .when(p < 0.25).then(pl.concat_str(pairs, separator=" "))
        .when(p < 0.33).then(pl.concat_str(pairs, separator="."))
        .when(p < 0.38).then("+33" + number.str.slice(1))
        .when(p < 0.385).then(number + " SUR RDV")
        .when(p < 0.387).then(pl.lit("SUR RDV"))
        .otherwise(number)
    )  # fmt: skip


def _send_abroad(places: pl.DataFrame) -> pl.DataFrame:
    """A few cabinets stand abroad: their address has nothing of the French one."""
    away = pl.col("abroad")
    emptied = (
        "recipient",
        "building",
        "number",
        "repeat",
        "type_code",
        "type_label",
        "mention",
        "citycode",
        "city",
    )
    return places.with_columns(
        *(pl.when(away).then(pl.lit("")).otherwise(pl.col(name)).alias(name) for name in emptied),
        street=pl.when(away).then(pl.lit("12 HIGH STREET")).otherwise(pl.col("street")),
        office=pl.when(away).then(pl.lit("GL LONDON")).otherwise(pl.col("office")),
        postal_code=pl.when(away).then(pl.lit("GL")).otherwise(pl.col("postal_code")),
        country=pl.when(away)
        .then(pl.lit("99132"))
        .when(pl.col("q") < 0.3)
        .then(pl.lit(""))
        .otherwise(pl.lit("99000")),
        country_label=pl.when(away)
        .then(pl.lit("Royaume-Uni"))
        .when(pl.col("q") < 0.3)
        .then(pl.lit(""))
        .otherwise(pl.lit("France")),
    )
