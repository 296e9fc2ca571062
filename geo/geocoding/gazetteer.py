"""Communes, postal codes and CEDEX in memory: every step that looks for a commune goes through it.

About 35,000 communes, 39,000 postal lines and 7,000 former names: 60 MB, loaded in half a second, the same
object for a batch and for the server.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.db.queries import Queries
from geo.geocoding.normalise import commune_key, fold
from geo.territory import CHILDREN

if TYPE_CHECKING:
    from collections.abc import Iterable

    import psycopg

QUERIES = Queries.load(Path(__file__).with_name("sql"))


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune or an arrondissement of today; the centre is None when it is unknown."""

    citycode: str
    name: str
    department_code: str
    parent_citycode: str | None
    population: int
    lon: float | None
    lat: float | None


@dataclass
class Gazetteer:
    """What is known of communes. Made by `build`, never changed afterwards.

    communes      by INSEE code          successors   former code -> present codes
    by_postal     postal code -> codes   cedex        CEDEX code -> codes
    in_postal     postal code -> names (commune, office, locality, former) -> codes
    in_department department -> names -> codes
    by_name       key -> codes, whole country; most inhabited first
    departments   code -> (name, region)      department_keys   folded code or name -> code
    postal_of     INSEE code -> postal codes, the most general first
    former_names  former code -> name
    own_keys      code -> keys of its name and of its former ones
    former_keys   code -> those of its former names that are not its own
    """

    communes: dict[str, Commune] = field(default_factory=dict)
    successors: dict[str, tuple[str, ...]] = field(default_factory=dict)
    by_postal: dict[str, tuple[str, ...]] = field(default_factory=dict)
    cedex: dict[str, tuple[str, ...]] = field(default_factory=dict)
    in_postal: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    in_department: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    by_name: dict[str, tuple[str, ...]] = field(default_factory=dict)
    departments: dict[str, tuple[str, str]] = field(default_factory=dict)
    department_keys: dict[str, str] = field(default_factory=dict)
    postal_of: dict[str, tuple[str, ...]] = field(default_factory=dict)
    former_names: dict[str, str] = field(default_factory=dict)
    own_keys: dict[str, frozenset[str]] = field(default_factory=dict)
    former_keys: dict[str, frozenset[str]] = field(default_factory=dict)
    version: int = 0

    @classmethod
    def load(cls, conn: psycopg.Connection[Any]) -> Gazetteer:
        """Read it from the tables in service."""
        rows = {name: conn.execute(QUERIES[name]).fetchall() for name in STATEMENTS}
        return cls.build(**rows)

    @classmethod
    def build(
        cls,
        *,
        gazetteer_communes: Iterable[tuple[Any, ...]],
        gazetteer_former: Iterable[tuple[str, str, str]] = (),
        gazetteer_postal: Iterable[tuple[str, str, str, str]] = (),
        gazetteer_cedex: Iterable[tuple[str, str]] = (),
        gazetteer_departments: Iterable[tuple[str, str, str]] = (),
        gazetteer_version: Iterable[tuple[int]] = (),
    ) -> Gazetteer:
        """From the rows of the statements of the same names."""
        communes = {row[0]: Commune(*row) for row in gazetteer_communes}
        names: dict[str, set[str]] = {code: {commune_key(c.name)} for code, c in communes.items()}
        successors: dict[str, list[str]] = defaultdict(list)
        former_names: dict[str, str] = {}
        former_keys: dict[str, set[str]] = defaultdict(set)
        for former_code, former_name, code in gazetteer_former:
            former_names.setdefault(former_code, former_name)
            former_keys[code].add(commune_key(former_name))
            if former_code not in communes and code not in successors[former_code]:
                successors[former_code].append(code)
        by_postal: dict[str, list[str]] = defaultdict(list)
        postal_of: dict[str, list[str]] = defaultdict(list)
        in_postal: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for postal_code, code, office, locality in gazetteer_postal:
            _add(by_postal[postal_code], code)
            # A line without locality is that of the whole commune: its code comes first.
            if postal_code not in postal_of[code]:
                postal_of[code].insert(0 if not locality else len(postal_of[code]), postal_code)
            for key in {commune_key(text) for text in (office, locality) if text} | names.get(code, set()):
                _add(in_postal[postal_code][key], code)
            for key in former_keys.get(code, ()):
                _add(in_postal[postal_code][key], code)
        by_name, in_department = _by_name(communes, names, former_keys)
        departments = {code: (name, region) for code, name, region in gazetteer_departments}
        return cls(
            communes=communes,
            successors=_frozen(successors),
            by_postal=_frozen(by_postal),
            cedex=_frozen(_grouped(gazetteer_cedex)),
            in_postal={code: _frozen(keys) for code, keys in in_postal.items()},
            in_department={code: _frozen(keys) for code, keys in in_department.items()},
            by_name=_frozen(by_name),
            departments=departments,
            department_keys={
                key: code for code, (name, _) in departments.items() for key in (fold(code), fold(name))
            },
            postal_of=_frozen(postal_of),
            former_names=former_names,
            own_keys={code: frozenset(keys | former_keys.get(code, set())) for code, keys in names.items()},
            former_keys={
                code: frozenset(keys - names.get(code, set())) for code, keys in former_keys.items()
            },
            version=next(iter(gazetteer_version), (0,))[0],
        )

    def present(self, citycode: str) -> tuple[str, ...]:
        """Codes of today for a code of any year; empty when it never was one.

        A commune with arrondissements (75056) gives these, since the address base knows nothing else.
        """
        codes = (citycode,) if citycode in self.communes else self.successors.get(citycode, ())
        if len(codes) == 1 and codes[0] in CHILDREN:
            return tuple(code for code in CHILDREN[codes[0]] if code in self.communes) or codes
        return codes

    def context(self, department_code: str) -> str:
        """Code, name and region of a department: "69, Rhône, Auvergne-Rhône-Alpes"."""
        name, region = self.departments.get(department_code, ("", ""))
        return ", ".join(part for part in (department_code, name, region) if part)

    def postal_code(self, citycode: str) -> str:
        """Main postal code of a commune; empty when it has none."""
        return next(iter(self.postal_of.get(citycode, ())), "")


STATEMENTS = (
    "gazetteer_communes",
    "gazetteer_former",
    "gazetteer_postal",
    "gazetteer_cedex",
    "gazetteer_departments",
    "gazetteer_version",
)


def _add(codes: list[str], code: str) -> None:
    if code not in codes:
        codes.append(code)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = defaultdict(list)
    for key, value in pairs:
        grouped[key].append(value)
    return grouped


def _frozen(lists: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(values) for key, values in lists.items()}


def _by_name(
    communes: dict[str, Commune], names: dict[str, set[str]], former_keys: dict[str, set[str]]
) -> tuple[dict[str, list[str]], dict[str, dict[str, list[str]]]]:
    """Keys of the whole country and of each department; own names first, then former ones."""
    by_name: dict[str, list[str]] = defaultdict(list)
    in_department: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    ranked = sorted(communes.values(), key=lambda commune: (-commune.population, commune.citycode))
    for keys_of in (names, former_keys):
        for commune in ranked:
            for key in keys_of.get(commune.citycode, ()):
                if keys_of is former_keys and _known_otherwise(by_name[key], names, key):
                    # A commune of today bears that name: the former one only counts in its department.
                    if not in_department[commune.department_code][key]:
                        in_department[commune.department_code][key].append(commune.citycode)
                    continue
                _add(by_name[key], commune.citycode)
                _add(in_department[commune.department_code][key], commune.citycode)
    return by_name, in_department


def _known_otherwise(codes: list[str], names: dict[str, set[str]], key: str) -> bool:
    return any(key in names[code] for code in codes)
