"""Fetching official files: streamed, resumed after a cut, checked, kept in a cache with their date.

The cache is `SAS_HOME/cache/downloads/<source>/`: the file, and beside it `<file>.json` with where it comes
from (address, ETag, date of the source, size, SHA-256). A file that has not changed at the publisher's is not
fetched again.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from dataclasses import asdict, dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import httpx
import orjson
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from core.errors import DownloadFailed
from ingest.progress import Progress, Silent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_CHUNK_BYTES = 1 << 20
_SAFE_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_TOTAL = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
_SHA256 = re.compile(r"sha-256=:?([A-Za-z0-9+/=]+?):?(?:,|$)", re.IGNORECASE)
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_HEADERS = {"Accept-Encoding": "identity", "User-Agent": "sas-platform"}


class _Retry(Exception):
    """The transfer broke or the server is busy; what was received is kept."""


@dataclass(frozen=True)
class Fetched:
    """What is known of a file in the cache. `source_date` is `Last-Modified`, ISO 8601, else None."""

    url: str
    etag: str | None
    last_modified: str | None
    source_date: str | None
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class _Checks:
    """What the server announced of the whole file."""

    size_bytes: int | None
    sha256: bytes | None
    md5: bytes | None


def download(
    urls: Sequence[str],
    *,
    folder: Path,
    progress: Progress | None = None,
    attempts: int = 6,
    longest_wait_s: float = 30.0,
) -> list[Path]:
    """Fetch each address into `folder`, or find it there unchanged; the paths, in the same order.

    A name may be given after `#` (`https://…/x?y=1#communes.json`); else the server's, else the address's.

    Raises
    ------
    DownloadFailed   refused, not found, HTML instead of data, wrong length or checksum, or broken too many
    times
    """
    folder.mkdir(parents=True, exist_ok=True)
    progress = progress or Silent()
    paths: list[Path] = []
    with httpx.Client(timeout=_TIMEOUT, follow_redirects=True, headers=_HEADERS) as client:
        for url in urls:
            progress.stage(f"téléchargement de {_name_of(url)}")
            retrying = Retrying(
                stop=stop_after_attempt(attempts),
                wait=wait_exponential(multiplier=0.5, max=longest_wait_s) if longest_wait_s else _no_wait,
                retry=retry_if_exception_type((_Retry, httpx.TransportError)),
                reraise=True,
            )
            try:
                paths.append(retrying(_fetch, client, url, folder, progress))
            except (_Retry, httpx.TransportError) as exc:
                raise DownloadFailed(
                    f"{url} : téléchargement interrompu {attempts} fois ({exc or type(exc).__name__}). "
                    "Relancez la commande : elle reprendra où elle s'est arrêtée.",
                    url=url,
                ) from exc
    return paths


def _no_wait(_: object) -> float:
    return 0.0


def _fetch(client: httpx.Client, url: str, folder: Path, progress: Progress) -> Path:
    target = folder / _name_of(url)
    partial = target.with_name(target.name + ".part")
    known = _known(target)
    headers = _conditions(known) if known and known.url == url else {}
    done = 0
    if not headers and partial.exists():
        started = _known(partial)
        validator = started and (started.etag or started.last_modified)
        if started and started.url == url and validator:
            done = partial.stat().st_size
            headers = {"Range": f"bytes={done}-", "If-Range": validator}
    with client.stream("GET", url, headers=headers) as answer:
        if answer.status_code == httpx.codes.NOT_MODIFIED and known:
            progress.note(f"{target.name} : inchangé chez le producteur.")
            return target
        if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            partial.unlink(missing_ok=True)
            raise _Retry("reprise refusée par le serveur")
        _accept(answer, url)
        start = _start_of(answer, done)
        checks = _checks(answer, start)
        _receive(answer, url, partial, start=start, checks=checks, progress=progress)
    return _conclude(url, target, partial, checks)


def _receive(
    answer: httpx.Response, url: str, partial: Path, *, start: int, checks: _Checks, progress: Progress
) -> None:
    modified = answer.headers.get("Last-Modified")
    _write_known(
        partial,
        Fetched(url, answer.headers.get("ETag"), modified, _iso_date(modified), checks.size_bytes or 0, ""),
    )
    received = start
    with partial.open("ab" if start else "wb") as stream:
        try:
            # By pieces as they arrive: a size asked for would hold back, and lose, what came before a cut.
            for chunk in answer.iter_raw():
                stream.write(chunk)
                received += len(chunk)
                progress.advance(bytes_done=len(chunk))
        except httpx.TransportError as exc:
            raise _Retry(f"connexion coupée à {received} octets") from exc
        finally:
            stream.flush()
            os.fsync(stream.fileno())
    if checks.size_bytes is not None and received < checks.size_bytes:
        raise _Retry(f"{received} octets reçus sur {checks.size_bytes}")
    if checks.size_bytes is not None and received > checks.size_bytes:
        partial.unlink()
        raise _Retry(f"{received} octets reçus pour {checks.size_bytes} annoncés")


def _conclude(url: str, target: Path, partial: Path, checks: _Checks) -> Path:
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with partial.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            sha256.update(chunk)
            md5.update(chunk)
    if (checks.sha256 and checks.sha256 != sha256.digest()) or (checks.md5 and checks.md5 != md5.digest()):
        partial.unlink()
        raise DownloadFailed(
            f"{url} : la somme de contrôle annoncée n'est pas celle du fichier reçu.", url=url
        )
    started = _known(partial)
    modified = started.last_modified if started else None
    size = partial.stat().st_size
    if size == 0:
        partial.unlink()
        raise DownloadFailed(f"{url} : le serveur a rendu un fichier vide.", url=url)
    _write_known(
        target,
        Fetched(
            url, started.etag if started else None, modified, _iso_date(modified), size, sha256.hexdigest()
        ),
    )
    if modified:
        # The date of the source is that of the file: readers take it when the name tells none.
        stamp = parsedate_to_datetime(modified).timestamp()
        os.utime(partial, (stamp, stamp))
    partial.replace(target)
    _sidecar(partial).unlink(missing_ok=True)
    return target


def _accept(answer: httpx.Response, url: str) -> None:
    """Refuse what is not data; ask again when the server is busy."""
    if answer.status_code in _AGAIN:
        raise _Retry(f"le serveur répond {answer.status_code}")
    if answer.status_code not in {httpx.codes.OK, httpx.codes.PARTIAL_CONTENT}:
        raise DownloadFailed(
            f"{url} : le serveur répond {answer.status_code}. L'adresse a peut-être changé.",
            url=url,
            status=answer.status_code,
        )
    if answer.headers.get("Content-Type", "").lower().startswith("text/html"):
        raise DownloadFailed(f"{url} : le serveur rend une page web au lieu des données.", url=url)


def _start_of(answer: httpx.Response, done: int) -> int:
    """Where the body starts in the file: 0 when the server sends it all again."""
    if answer.status_code != httpx.codes.PARTIAL_CONTENT:
        return 0
    match = _TOTAL.match(answer.headers.get("Content-Range", ""))
    if match is None or int(match[1]) != done:
        raise _Retry("le serveur reprend ailleurs que demandé")
    return done


def _checks(answer: httpx.Response, start: int) -> _Checks:
    length = answer.headers.get("Content-Length")
    size = start + int(length) if length and length.isdigit() else None
    match = _TOTAL.match(answer.headers.get("Content-Range", ""))
    if match is not None and match[2] != "*":
        size = int(match[2])
    digest = re.search(
        r"sha-256=:?([A-Za-z0-9+/=]+?):?(?:,|$)",
        answer.headers.get("Repr-Digest", "")
        or answer.headers.get("Digest", "").replace("SHA-256", "sha-256"),
    )
    md5 = answer.headers.get("Content-MD5") if answer.status_code == httpx.codes.OK else None
    return _Checks(
        size,
        base64.b64decode(digest[1]) if digest else None,
        base64.b64decode(md5) if md5 else None,
    )


def _conditions(known: Fetched) -> dict[str, str]:
    if known.etag:
        return {"If-None-Match": known.etag}
    return {"If-Modified-Since": known.last_modified} if known.last_modified else {}


def _sidecar(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _known(path: Path) -> Fetched | None:
    """What is known of a file of the cache; None when the file or its note is missing or unreadable."""
    if not path.exists():
        return None
    try:
        return Fetched(**orjson.loads(_sidecar(path).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def _write_known(path: Path, known: Fetched) -> None:
    _sidecar(path).write_bytes(orjson.dumps(asdict(known), option=orjson.OPT_INDENT_2))


def _iso_date(http_date: str | None) -> str | None:
    try:
        return parsedate_to_datetime(http_date).date().isoformat() if http_date else None
    except ValueError:
        return None


def _name_of(url: str) -> str:
    """Name of a file in the cache: after `#`, else the last part of the path.

    >>> _name_of("https://example.org/data/a%20b.csv?x=1"), _name_of("https://example.org/r/12#postal.csv")
    ('a_b.csv', 'postal.csv')
    """
    parts = urlsplit(url)
    name = unquote(parts.fragment) or unquote(parts.path.rstrip("/").rsplit("/", 1)[-1]) or "data"
    return _SAFE_NAME.sub("_", name).lstrip(".") or "data"
