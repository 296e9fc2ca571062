"""The Annuaire Santé files of one department: activities, savoir-faire, diplomas, secure mail addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from demo import identifiers, practices
from demo.annuaire_columns import ACTIVITY, DIPLOMA, MAILBOX, SKILL
from demo.chance import choose, share, stream
from demo.columns import take
from demo.names import FAMILY, MEN, WOMEN
from demo.people import MODES, SECTOR_CODES
from demo.professions import PROFESSIONS, SECOND_SKILLS, SECTORS, SKILL_LABELS
from demo.words import bare, capitals

if TYPE_CHECKING:
    from demo.land import Land
    from demo.people import People
    from demo.structures import Structures

_MODE_LABELS: Final = (
    "Libéral, indépendant, artisan, commerçant", "Salarié", "Bénévole", "Indirect (via une société)"
)  # fmt: skip
_KINDS: Final = (
    ("GENR01", "Activité de soin et de pharmacie", 93.0),
    ("GENR02", "Activité de soins ou de pharmacien en tant que remplaçant", 1.0),
    ("GENR03", "Remplacement dans une activité de soins", 1.0),
    ("GENR04", "Activité non soignante", 1.5),
    ("", "", 3.5),
)
_TITULAR_SECTION: Final = "Section A : Pharmaciens titulaires officine"
_SECOND_SKILL: Final = 0.05
_TWICE: Final = 0.002


@dataclass(frozen=True)
class Rows:
    """What one department adds to each file (columns named as in the official files)."""

    activity: pl.DataFrame
    skill: pl.DataFrame
    diploma: pl.DataFrame
    mailbox: pl.DataFrame
    truth: pl.DataFrame


def build(land: Land, structures: Structures, people: People, *, rpps_from: int, siren_from: int) -> Rows:
    """All the rows of a department. `rpps_from` and `siren_from` are the first free ranks."""
    rng = stream(land.seed, "annuaire", land.department.code)
    persons = _persons(rng, people, rpps_from)
    places = practices.build(land, structures, people.places, rng, persons, siren_from=siren_from)
    skills = _skill_lines(rng, people)
    activity, line_truth = _activity(land, people, rng, persons, places, skills)
    return Rows(
        activity=activity,
        skill=_skill_file(persons, skills),
        diploma=_diplomas(persons),
        mailbox=_mailboxes(people, persons, places),
        truth=line_truth,
    )


def _persons(rng: np.random.Generator, people: People, rpps_from: int) -> pl.DataFrame:
    """One row per person: identity columns of the files."""
    size = len(people.profession)
    woman = rng.random(size) < 0.62
    given = np.where(woman, rng.integers(0, len(WOMEN), size), len(WOMEN) + rng.integers(0, len(MEN), size))
    number = identifiers.rpps(rpps_from + np.arange(size))
    profession = people.profession
    upper = rng.random(size) < 0.25
    first = [*WOMEN, *MEN]
    title = pl.Series(np.where(people.student, "", "x"))
    category = np.where(people.student, 2, np.where(rng.random(size) < 0.006, 1, 0))
    return pl.DataFrame(
        {
            "rpps": number,
            "idnps": pl.select(pl.lit("8") + number).to_series(),
            "title": take([p.title[0] for p in PROFESSIONS], profession),
            "title_label": take([p.title[1] for p in PROFESSIONS], profession),
            "civility": pl.Series(np.where(woman, "MME", "M")),
            "civility_label": pl.Series(np.where(woman, "Madame", "Monsieur")),
            "family": take(FAMILY, rng.integers(0, len(FAMILY), size)),
            "given": take([*first, *(bare(name).upper() for name in first)], given + len(first) * upper),
            "profession": take([p.code for p in PROFESSIONS], profession),
            "profession_label": take([p.label for p in PROFESSIONS], profession),
            "authority": take([p.authority for p in PROFESSIONS], profession),
            "category": take(("C", "M", "E"), category),
            "category_label": take(("Civil", "Agent du service de santé des armées", "Etudiant"), category),
            "qualified": title,
        }
    ).with_columns(
        title=pl.when(pl.col("qualified") == "").then(pl.lit("")).otherwise(pl.col("title")),
        title_label=pl.when(pl.col("qualified") == "").then(pl.lit("")).otherwise(pl.col("title_label")),
    )


def _skill_lines(rng: np.random.Generator, people: People) -> pl.DataFrame:
    """Savoir-faire of people: none for most professions, one for doctors, sometimes two."""
    flat = [(code, rank) for rank, p in enumerate(PROFESSIONS) for code, _ in p.skills]
    start = np.concatenate([[0], np.cumsum([len(p.skills) for p in PROFESSIONS])[:-1]])
    person = np.flatnonzero(people.skill >= 0)
    which = start[people.profession[person]] + people.skill[person]
    first = pl.DataFrame({"person": person, "skill": take([code for code, _ in flat], which)}).with_columns(
        skill_kind=pl.lit("S"), skill_kind_label=pl.lit("Spécialité ordinale"), order=pl.lit(0)
    )
    doctors = person[(people.profession[person] <= 1) & (rng.random(len(person)) < _SECOND_SKILL)]
    drawn = rng.integers(0, len(SECOND_SKILLS), len(doctors))
    second = pl.DataFrame(
        {
            "person": doctors,
            "skill": take([row[0] for row in SECOND_SKILLS], drawn),
            "skill_kind": take([row[1] for row in SECOND_SKILLS], drawn),
            "skill_kind_label": take([row[2] for row in SECOND_SKILLS], drawn),
        }
    ).with_columns(order=pl.lit(1))
    return pl.concat([first, second], how="diagonal_relaxed").with_columns(
        skill_label=pl.col("skill").replace_strict(SKILL_LABELS, return_dtype=pl.String)
    )


def _activity(
    land: Land,
    people: People,
    rng: np.random.Generator,
    persons: pl.DataFrame,
    places: pl.DataFrame,
    skills: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lines of `Personne_activite`, and what is true of each place of practice."""
    idle = np.flatnonzero(~people.placed)
    size = len(people.activity_person)
    kind = choose(rng, [row[2] for row in _KINDS], size)
    active = pl.DataFrame(
        {
            "person": people.activity_person,
            "place": people.activity_place,
            "sector": take(SECTOR_CODES, people.activity_sector),
            "mode": take(MODES, people.activity_mode),
            "mode_label": take(_MODE_LABELS, people.activity_mode),
            "kind": take([row[0] for row in _KINDS], kind),
            "kind_label": take([row[1] for row in _KINDS], kind),
        }
    )
    # A person is at one place once for each mode and sector.
    active = active.unique(["person", "place", "mode", "sector"], keep="first", maintain_order=True)
    rows = pl.concat([active, pl.DataFrame({"person": idle})], how="diagonal_relaxed")
    rows = rows.join(skills, on="person", how="left").sort("person", "place", "order", nulls_last=True)
    twice = rows.filter(pl.Series(rng.random(rows.height) < _TWICE))
    rows = pl.concat([rows, twice]).sort("person", maintain_order=True)
    person = persons[rows["person"].cast(pl.UInt32)]
    where = places[rows["place"].fill_null(0).cast(pl.UInt32)]
    away = rows["place"].is_null()
    where = where.with_columns(pl.when(~away).then(pl.col(pl.String)).otherwise(pl.lit("")))
    whole = pl.concat([rows.drop("person", "place"), person, where], how="horizontal").with_columns(
        pl.col(pl.String).fill_null("")
    )
    truth = _truth(whole, away)
    return whole.select(**_activity_columns(land)), truth


def _activity_columns(land: Land) -> dict[str, pl.Expr]:
    """Each column of the file from ours; the 57th, after the last bar, is empty."""
    department = land.department
    in_france = (pl.col("structure") != "") & ~pl.col("abroad")
    titular = (pl.col("sector") == "SA33") & (pl.col("mode") == "L")
    values: dict[int, pl.Expr] = {
        1: pl.lit("8"), 2: pl.col("rpps"), 3: pl.col("idnps"), 4: pl.col("title"), 5: pl.col("title_label"),
        6: pl.col("civility"), 7: pl.col("civility_label"), 8: pl.col("family"), 9: pl.col("given"),
        10: pl.col("profession"), 11: pl.col("profession_label"), 12: pl.col("category"),
        13: pl.col("category_label"),
        14: pl.col("skill_kind"), 15: pl.col("skill_kind_label"), 16: pl.col("skill"),
        17: pl.col("skill_label"),
        18: pl.col("mode"), 19: pl.col("mode_label"), 20: pl.col("siret"), 21: pl.col("siren"),
        22: pl.col("finess"),
        23: pl.col("finess_ej"), 24: pl.col("structure"), 25: pl.col("place_name"), 26: pl.col("sign"),
        27: pl.col("recipient"), 28: pl.col("building"), 29: pl.col("number"), 30: pl.col("repeat"),
        31: pl.col("type_code"), 32: pl.col("type_label"), 33: pl.col("street"), 34: pl.col("mention"),
        35: pl.col("office"), 36: pl.col("postal_code"), 37: pl.col("citycode"), 38: pl.col("city"),
        39: pl.col("country"), 40: pl.col("country_label"), 41: pl.col("phone"),
        45: pl.when(in_france).then(pl.lit(department.code)).otherwise(pl.lit("")),
        46: pl.when(in_france).then(pl.lit(department.name)).otherwise(pl.lit("")),
        48: pl.when(pl.col("structure") != "").then(pl.col("authority")).otherwise(pl.lit("")),
        49: pl.col("sector"),
        50: pl.col("sector").replace_strict({**SECTORS, "": ""}, return_dtype=pl.String),
        51: pl.when(titular).then(pl.lit("A")).otherwise(pl.lit("")),
        52: pl.when(titular).then(pl.lit(_TITULAR_SECTION)).otherwise(pl.lit("")),
        53: pl.when(titular).then(pl.lit("FON-01")).otherwise(pl.lit("")),
        54: pl.when(titular).then(pl.lit("Titulaire d'officine")).otherwise(pl.lit("")),
        55: pl.col("kind"), 56: pl.col("kind_label"),
    }  # fmt: skip
    return {name: values.get(rank, pl.lit("")) for rank, name in enumerate(ACTIVITY, start=1)} | {
        "": pl.lit("")
    }


def _truth(whole: pl.DataFrame, away: pl.Series) -> pl.DataFrame:
    """One row per sheet that the directory should hold."""
    kept = (
        ~away
        & whole["category"].is_in(["C", "M"])
        & whole["kind"].is_in(["", "GENR01"])
        & (whole["sector"] != "SA50")
        & ~whole["abroad"]
    )
    return (
        whole.filter(kept)
        .unique(["idnps", "structure", "mode", "sector"], keep="first", maintain_order=True)
        .select(
            "idnps", "structure", "mode", "sector", "finess",
            pl.col("true_citycode").alias("citycode_true"), "level", "lon", "lat", "shape", "city_state",
            "by_cedex",
        )
    )  # fmt: skip


def _skill_file(persons: pl.DataFrame, skills: pl.DataFrame) -> pl.DataFrame:
    lines = skills.sort("person", "order")
    person = persons[lines["person"].cast(pl.UInt32)]
    sources = (
        pl.lit("8"), "rpps", "idnps", "family", "given", "profession", "profession_label", "category",
        "category_label",
        "skill_kind", "skill_kind_label", "skill", "skill_label",
    )  # fmt: skip
    whole = pl.concat([person, lines.drop("person")], how="horizontal")
    return whole.select(**dict(zip(SKILL, sources, strict=True)), **{"": pl.lit("")})


def _diplomas(persons: pl.DataFrame) -> pl.DataFrame:
    rank = np.arange(persons.height)
    kept = persons.filter(pl.Series(share(rank, 11) < 0.45) & (pl.col("category") != "E"))
    sources = (
        pl.lit("8"), "rpps", "idnps", "family", "given", pl.lit("DE"), pl.lit("Diplôme d'Etat français"),
        pl.lit("DE") + pl.col("profession"), pl.lit("Diplôme d'Etat : ") + pl.col("profession_label"),
        pl.lit(""), pl.lit(""), pl.lit(""), pl.lit(""),
    )  # fmt: skip
    return kept.select(**dict(zip(DIPLOMA, sources, strict=True)), **{"": pl.lit("")})


def _mailboxes(people: People, persons: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Secure mail addresses of a quarter of the private activities, in a domain that cannot exist."""
    person, place = people.activity_person, people.activity_place
    kept = (people.activity_mode == 0) & (share(person, 12) < 0.35)
    rows = pl.DataFrame({"person": person[kept], "place": place[kept]}).unique(
        "person", keep="first", maintain_order=True
    )
    who = persons[rows["person"].cast(pl.UInt32)]
    where = places[rows["place"].cast(pl.UInt32)]
    local = (
        pl.col("given").map_elements(
            lambda name: capitals(name).lower().replace(" ", "-"), return_dtype=pl.String
        )
        + "."
        + pl.col("family").str.to_lowercase().str.replace_all("'", "", literal=True)
        + pl.col("rpps").str.slice(6, 5)
    )
    columns: dict[str, pl.Expr | str] = {
        "Type de BAL": pl.lit("PER"), "Adresse BAL": local + "@pro.mssante.example",
        "Type Identifiant PP": pl.lit("8"),
        "Identifiant PP": "rpps", "Identification nationale PP": "idnps",
        "Type identifiant structure": pl.when(pl.col("finess") != "")
        .then(pl.lit("FINESS"))
        .otherwise(pl.lit("RPPS_RANG")),
        "Identification Structure": "structure", "Civilité d'exercice": "title", "Nom d'exercice": "family",
        "Prénom d'exercice": "given", "Catégorie profession": "category",
        "Libellé de catégorie profession": "category_label",
        "Code Profession": "profession", "Libellé Profession": "profession_label",
        "Dématérialisation": pl.lit("O"),
        "Raison Sociale structure BAL": "place_name", "Enseigne commerciale structure BAL": "sign",
        "L4NUMEROVOIE structure BAL": "number", "L4COMPLEMENTNUMEROVOIE structure BAL": "repeat",
        "L4TYPEVOIE structure BAL": "type_code", "L4LIBELLEVOIE structure BAL": "street",
        "L5LIEUDITMENTION structure BAL": "mention", "L6LIGNEACHEMINEMENT structure BAL": "office",
        "Code postal structure BAL": "postal_code", "Pays structure BAL": pl.lit("France"),
    }  # fmt: skip
    whole = pl.concat([who, where], how="horizontal")
    return whole.select(**{name: columns.get(name, pl.lit("")) for name in MAILBOX}, **{"": pl.lit("")})
