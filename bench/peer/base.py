"""The base that both geocoders hold: invented addresses of the country, the real Paris and Bondy in place.

Everything stands in a home of its own (`SAS_HOME` of the benchmark): its files, its private database loaded
by `sas ingest official`, its peer. The database in service is never touched.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.invented import files_of, territory_files
from core.db import cluster

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT: Final = Path(__file__).resolve().parents[2]
BONDY: Final = "93010"
_INDEX_CODE: Final = (
    "core/db/migrations/*.sql", "geo/geocoding/normalise.py", "geo/geocoding/vocabulary.py",
    "ingest/load/ban*.py", "ingest/sources/ban.py", "ingest/sql/*ban*.sql", "ingest/sql/*street*.sql",
)  # fmt: skip
_TERRITORY: Final = ("cog", "communes", "postal", "contours", "sas")
SAS: Final = Path(sys.executable).with_name("sas")
_INGEST_DONE: Final = (0, 3)  # 3: some rows of the files were rejected


@dataclass(frozen=True, kw_only=True)
class Base:
    """A base in service.

    home         `SAS_HOME` of the benchmark
    folder       official files it was loaded from (`ban/`, `territory/`)
    scale        small, demo or national
    fingerprint  same fingerprint, same addresses
    real         whether Paris and Bondy are the real ones
    """

    home: Path
    folder: Path
    scale: str
    fingerprint: str
    real: bool

    @property
    def addresses(self) -> list[Path]:
        """Files of addresses and of lieux-dits, sorted."""
        return sorted((self.folder / "ban").glob("*.csv.gz"))


def environment(home: Path) -> dict[str, str]:
    """Environment of a `sas` command on the database of the benchmark, whatever the user's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SAS_")}
    return kept | {"SAS_HOME": str(home)}


def postmaster(home: Path) -> int:
    """Process number of the database of the benchmark."""
    return int((cluster.data_dir(home) / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])


def prepare(home: Path, *, scale: str, extracts: Path, outlines: Path, reload: bool = True) -> Base:
    """Write the files and load them, unless that was done; the database is left running.

    Parameters
    ----------
    home       `SAS_HOME` of the benchmark; made when it does not exist
    extracts   folder of the official extracts; what is missing there is invented
    outlines   `world_map.gpkg`, which inventing needs
    reload     load again a base that other code has indexed

    Raises
    ------
    SystemExit   a load failed; `load.log` says why
    """
    cache = home / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    if outlines.is_file() and not (cache / outlines.name).exists():
        shutil.copyfile(outlines, cache / outlines.name)
    real = (extracts / "ban" / "adresses-75.csv.gz").is_file()
    folder = write_files(home, scale=scale, extracts=extracts)
    base = Base(home=home, folder=folder, scale=scale, fingerprint=_fingerprint(folder), real=real)
    load(base, reload=reload)
    return base


def write_files(home: Path, *, scale: str, extracts: Path) -> Path:
    """The folder of files to load; links to what exists, copies of what is changed."""
    folder = home / "bench" / f"base-{scale}"
    done = folder / "complete"
    if done.exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("ban", "territory"):
        (folder / part).mkdir(parents=True)
    invented = files_of("ban", scale=scale, home=home)
    real = _real_addresses(extracts)
    for path in invented:
        department = path.name.removeprefix("adresses-").split(".")[0]
        if real and department == "75":
            continue
        if real and department == "93":
            _without_commune(path, folder / "ban" / path.name, BONDY)
        else:
            (folder / "ban" / path.name).symlink_to(path)
    for path in (*real, *_territory(extracts, home=home, scale=scale)):
        place = "ban" if path in real else "territory"
        (folder / place / path.name).symlink_to(path)
    done.touch()
    return folder


def _real_addresses(extracts: Path) -> list[Path]:
    names = ("adresses-75.csv.gz", f"adresses-{BONDY}.csv.gz")
    return [path for name in names if (path := extracts / "ban" / name).is_file()]


def _territory(extracts: Path, *, home: Path, scale: str) -> Iterable[Path]:
    """Files of the communes: the official extracts, or the invented ones without them."""
    official = [path for part in _TERRITORY for path in sorted((extracts / part).glob("*")) if path.is_file()]
    return official or territory_files(scale=scale, home=home)


def _without_commune(source: Path, target: Path, citycode: str) -> None:
    """A copy without the rows of a commune (the seventh column)."""
    marker = f";{citycode};".encode()
    with gzip.open(source, "rb") as rows, gzip.open(target, "wb", compresslevel=1) as kept:
        kept.writelines(row for row in rows if marker not in row)


def _fingerprint(folder: Path) -> str:
    """Digest of the names and sizes of the files: they are written once, and seeded."""
    facts = [
        (path.relative_to(folder).as_posix(), path.stat().st_size)
        for path in sorted(folder.rglob("*.*"))
        if path.is_file()
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def index_code() -> str:
    """Digest of the code that makes the index: another one makes another index of the same files."""
    files = sorted(path for pattern in _INDEX_CODE for path in ROOT.glob(pattern))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def load(base: Base, *, reload: bool = True) -> None:
    """Load the folder into a new database of the home, unless this code has loaded it already.

    Raises
    ------
    SystemExit   the load failed, or the home holds a database that the benchmark did not make
    """
    mark, made_here = base.home / "bench" / "loaded.json", base.home / "bench" / "database-made-here"
    facts = {"fingerprint": base.fingerprint, "index_code": index_code()}
    known = json.loads(mark.read_bytes()) if mark.is_file() else {}
    if known == facts or (not reload and known.get("fingerprint") == base.fingerprint):
        cluster.ensure(base.home)
        return
    if cluster.exists(base.home) and not (known or made_here.exists()):
        raise SystemExit(f"bench: {base.home} holds a database of somebody's: give another --home")
    # A migration that was not released may have been edited since: the database is made again, not updated.
    cluster.remove(base.home)
    made_here.touch()
    mark.unlink(missing_ok=True)
    cluster.ensure(base.home)
    print(f"geocoding_peer  loading the {base.scale} base", flush=True)
    with (base.home / "bench" / "load.log").open("wb") as journal:
        done = subprocess.run(
            [str(SAS), "ingest", "official", str(base.folder), "--apply"],
            env=environment(base.home),
            stdout=journal,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode not in _INGEST_DONE:
        raise SystemExit(f"bench: the base could not be loaded (journal: {journal.name})")
    mark.write_text(json.dumps(facts), encoding="utf-8")
