"""A road network from an extract of OpenStreetMap: built, compared with the one in service, put in its place.

Not a table: one file for each extract and profile under `SAS_HOME/roads`, that servers pick up by themselves.
What was built is kept, so that looking first and applying later reads the extract once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import FileUnreadable, InvalidParameter, TooFewRows
from geo.travel import network, osm, store
from geo.travel.profile import profile

if TYPE_CHECKING:
    from pathlib import Path

    from core.settings import HomeSettings
    from geo.travel.network import About
    from geo.travel.profile import Profile
    from geo.travel.times import ProfileName
    from ingest.progress import Progress

_ENDING = ".osm.pbf"
_EDITION = re.compile(r"[-_](?:latest|\d{6}|\d{8})$")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")
_LEAST_SHARE = 0.9

MAX_AGE_DAYS = 400
"""Older than this, a network is worth replacing: roads open, speeds are lowered."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A network in figures."""

    about: About
    nodes: int
    arcs: int
    bytes: int


@dataclass(frozen=True, kw_only=True)
class RoadPlan:
    """What an extract would put in service, and what is there now (None: nothing, or a file nobody can
    read).
    """

    name: str
    profile: ProfileName
    built: Path
    place: Path
    new: Facts
    old: Facts | None
    unreadable: bool

    @property
    def unchanged(self) -> bool:
        """The network in service comes from this very extract, by the same table of speeds."""
        return self.old is not None and self.old.about == self.new.about


def plan(
    extract: Path,
    *,
    home: HomeSettings,
    name: str | None,
    profile_name: ProfileName,
    progress: Progress,
) -> RoadPlan:
    """Build the network of an extract beside the one in service, which stays.

    Raises
    ------
    InvalidParameter   the file is not an `.osm.pbf`, or the name cannot be that of a file
    FileUnreadable     see `geo.travel.osm.read`
    """
    called = name or name_of(extract)
    if _NAME.fullmatch(called) is None:
        raise InvalidParameter(
            "Donnez au réseau un nom de lettres minuscules, chiffres et tirets (--name).", parameter="name"
        )
    place = folder(home) / (f"{called}.npz" if profile_name == "car" else f"{called}.{profile_name}.npz")
    built = _built(extract, home, place, profile_name, progress)
    old, unreadable = None, False
    if place.exists():
        try:
            old = facts(place)
        except FileUnreadable:
            unreadable = True
    return RoadPlan(
        name=called,
        profile=profile_name,
        built=built,
        place=place,
        new=facts(built),
        old=old,
        unreadable=unreadable,
    )


def put_in_service(planned: RoadPlan, *, accept_shrink: bool = False) -> None:
    """Replace the network in service by the one built, at once and whole.

    Raises
    ------
    TooFewRows   it has far fewer nodes than the one in service, most likely from a truncated or smaller
                 extract
    """
    old = planned.old
    if old is not None and planned.new.nodes < _LEAST_SHARE * old.nodes and not accept_shrink:
        raise TooFewRows(
            f"Le réseau passerait de {old.nodes} à {planned.new.nodes} points : --accept-shrink l'accepte.",
            before=old.nodes,
            after=planned.new.nodes,
        )
    planned.place.parent.mkdir(parents=True, exist_ok=True)
    planned.built.replace(planned.place)


def folder(home: HomeSettings) -> Path:
    """Where the networks in service are."""
    return home.path / "roads"


def name_of(extract: Path) -> str:
    """The name of a network: that of its extract, without the date, so that an edition replaces another.

    >>> from pathlib import Path
    >>> name_of(Path("alsace-latest.osm.pbf")), name_of(Path("Corse-261101.osm.pbf"))
    ('alsace', 'corse')

    Raises
    ------
    InvalidParameter   the file is not called `….osm.pbf`
    """
    if not extract.name.lower().endswith(_ENDING):
        raise InvalidParameter(
            f"Donnez un extrait OpenStreetMap au format .osm.pbf, pas {extract.name}.", parameter="file"
        )
    return _EDITION.sub("", extract.name[: -len(_ENDING)].lower())


def facts(path: Path) -> Facts:
    """The figures of a network in a file.

    Raises
    ------
    FileUnreadable   see `geo.travel.store.read`
    """
    found = store.read(path)
    return Facts(
        about=found.about, nodes=len(found.node_id), arcs=len(found.heads), bytes=path.stat().st_size
    )


def is_current(about: About) -> bool:
    """Whether a network was made with the table of speeds of today."""
    table = profile("foot" if about.profile == "foot" else "car")
    return (about.profile_version, about.factor) == (table.version, table.factor)


def _built(
    extract: Path, home: HomeSettings, place: Path, profile_name: ProfileName, progress: Progress
) -> Path:
    """The file of the network of an extract: in service already, or built by a former run, else built now."""
    if not extract.exists():
        raise FileUnreadable(f"Fichier introuvable : {extract.name}.", file=extract.name)
    table = profile(profile_name)
    digest = osm.digest(extract, progress)
    path = home.path / "cache" / "roads" / f"{digest[:16]}-{table.version}-{store.FORMAT}.npz"
    for candidate in (place, path):
        if candidate.exists() and _is_of(candidate, digest, table):
            return candidate
    ways, said = osm.read(extract, table, progress, sha256=digest)
    progress.stage("build")
    store.write(network.build(ways, said, table), path)
    return path


def _is_of(path: Path, digest: str, table: Profile) -> bool:
    """Whether a file holds, whole, the network of that extract by that table."""
    try:
        found = store.about(path)
        if found.sha256 != digest or found.profile != table.name or not is_current(found):
            return False
        store.read(path)
    except FileUnreadable:
        return False
    return True
