"""addok, the peer: installed beside, fed, started privately and stopped; a Redis of its own on a Unix socket.

Its index is kept as a dump from one run to the next, as long as the base is the same. The configuration is
the public one of the national service: its fields, filters and processors.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.peer import documents
from bench.peer.reference import streets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.peer.base import Base

ROOT: Final = Path(__file__).resolve().parents[2]
VERSION: Final = 1
"""Raised when the documents or the configuration change: the index is then made again."""
_CONFIGURATION: Final = """\
ATTRIBUTION = "BAN"
LICENCE = "ETALAB-2.0"
EXTRA_FIELDS = [{"key": "citycode"}, {"key": "oldcitycode"}, {"key": "oldcity"}]
FILTERS = ["type", "citycode", "postcode"]
QUERY_PROCESSORS_PYPATHS = [
    "addok.helpers.text.check_query_length", "addok_france.extract_address", "addok_france.clean_query",
    "addok_france.remove_leading_zeros",
]
SEARCH_RESULT_PROCESSORS_PYPATHS = [
    "addok.helpers.results.match_housenumber", "addok_france.make_labels",
    "addok.helpers.results.score_by_importance", "addok.helpers.results.score_by_autocomplete_distance",
    "addok.helpers.results.score_by_ngram_distance", "addok.helpers.results.score_by_geo_distance",
]
PROCESSORS_PYPATHS = [
    "addok.helpers.text.tokenize", "addok.helpers.text.normalize", "addok_france.glue_ordinal",
    "addok_france.fold_ordinal", "addok_france.flag_housenumber", "addok.helpers.text.synonymize",
    "addok_fr.phonemicize",
]
BATCH_WORKERS = 2
"""
_START_TIMEOUT_S: Final = 600
_STOP_TIMEOUT_S: Final = 60


class PeerMissing(Exception):
    """The peer cannot run here; the message says why."""


@dataclass
class Addok:
    """An installed peer. `index_s` are the seconds its index took, `memory_mb` what Redis holds."""

    folder: Path
    sockets: Path
    index_s: float = 0.0
    ngrams_s: float = 0.0
    redis: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def socket(self) -> Path:
        """Unix socket of its Redis."""
        return self.sockets / "redis.sock"

    def program(self, name: str) -> str:
        """A program of its environment."""
        return str(self.folder / "venv" / "bin" / name)

    def environment(self) -> dict[str, str]:
        """What its programs are told."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ADDOK", "REDIS"))}
        return kept | {
            "ADDOK_CONFIG_MODULE": str(self.folder / "addok.conf"),
            "ADDOK_LOG_DIR": str(self.folder),
            "REDIS_SOCKET": str(self.socket),
            "PYTHONWARNINGS": "ignore",
        }

    def ask_redis(self, *command: str) -> str:
        """Answer of its Redis to a command."""
        done = subprocess.run(
            ["redis-cli", "-s", str(self.socket), *command], capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    def memory_mb(self) -> float:
        """Megabytes that Redis uses for the data."""
        for line in self.ask_redis("INFO", "memory").splitlines():
            if line.startswith("used_memory:"):
                return int(line.partition(":")[2]) / 2**20
        return 0.0


@contextlib.contextmanager
def running(base: Base) -> Iterator[Addok]:
    """The peer, installed, its index in memory; stopped at the end.

    Raises
    ------
    PeerMissing   a part cannot be installed, or does not start
    """
    folder = base.home / "addok"
    done = subprocess.run(
        ["sh", str(ROOT / "setup" / "peer.sh"), str(folder)],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        cwd=ROOT,
    )
    if done.returncode != 0:
        raise PeerMissing(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "setup/peer.sh")
    (folder / "addok.conf").write_text(_CONFIGURATION, encoding="utf-8")
    # A path of a socket is limited to 107 bytes: a short directory, ours alone.
    sockets = Path(tempfile.mkdtemp(prefix="sas-addok-"))
    peer = Addok(folder=folder, sockets=sockets)
    try:
        _index(peer, base)
        yield peer
    finally:
        _stop(peer)
        shutil.rmtree(sockets, ignore_errors=True)


def _index(peer: Addok, base: Base) -> None:
    """The index in Redis: the dump when it is of this base, else fed again."""
    data = peer.folder / "redis"
    mark = peer.folder / "indexed.json"
    wanted = f"{base.fingerprint}-{VERSION}"
    if mark.is_file() and (known := json.loads(mark.read_bytes()))["fingerprint"] == wanted:
        _start(peer, data)
        peer.index_s, peer.ngrams_s = known["index_s"], known["ngrams_s"]
        return
    mark.unlink(missing_ok=True)
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    _start(peer, data)
    lines = peer.folder / "documents"
    shutil.rmtree(lines, ignore_errors=True)
    files = documents.write(streets(base), base.home, lines)
    started = time.monotonic()
    _run(peer, ["batch", *map(str, files)])
    peer.index_s = time.monotonic() - started
    started = time.monotonic()
    _run(peer, ["ngrams"])
    peer.ngrams_s = time.monotonic() - started
    shutil.rmtree(lines)
    if peer.ask_redis("SAVE") != "OK":
        raise PeerMissing(f"its index could not be kept in {data}")
    facts = {"fingerprint": wanted, "index_s": peer.index_s, "ngrams_s": peer.ngrams_s}
    mark.write_text(json.dumps(facts), encoding="utf-8")


def _run(peer: Addok, arguments: list[str]) -> None:
    journal = peer.folder / "addok.log"
    with journal.open("ab") as output:
        done = subprocess.run(
            [peer.program("addok"), *arguments],
            env=peer.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode != 0:
        raise PeerMissing(f"addok {arguments[0]} failed (journal: {journal})")


def _start(peer: Addok, data: Path) -> None:
    # It ends with the benchmark, even when that is killed.
    command = [
        "setpriv", "--pdeathsig", "TERM", "redis-server", "--port", "0", "--save", "",
        "--unixsocket", str(peer.socket), "--unixsocketperm", "700",
        "--appendonly", "no", "--dir", str(data), "--databases", "2", "--daemonize", "no",
    ]  # fmt: skip
    with (peer.folder / "redis.log").open("wb") as journal:
        peer.redis = subprocess.Popen(command, stdout=journal, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline:
        if peer.redis.poll() is not None:
            break
        if peer.ask_redis("PING") == "PONG":
            return
        time.sleep(0.5)
    raise PeerMissing(f"its Redis does not start (journal: {peer.folder / 'redis.log'})")


def _stop(peer: Addok) -> None:
    if peer.redis is None:
        return
    peer.redis.terminate()  # no save point: Redis ends without writing
    try:
        peer.redis.wait(_STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        peer.redis.kill()
        peer.redis.wait()
