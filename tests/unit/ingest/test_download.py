from __future__ import annotations

import base64
import hashlib
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from core.errors import DownloadFailed
from ingest.download import download
from ingest.files import open_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATA = b"".join(b"%07d;commune\n" % number for number in range(40_000))
MODIFIED = "Mon, 15 Jun 2026 06:00:00 GMT"


@dataclass
class Publisher:
    """What the server of the test gives, and what it was asked."""

    data: bytes = DATA
    etag: str | None = '"v1"'
    cuts: int = 0
    busy: int = 0
    ranges: bool = True
    lie: int = 0
    content_type: str = "text/csv"
    digest: str | None = None
    status: int = 200
    address: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    publisher: Publisher

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        it = self.publisher
        it.asked.append(dict(self.headers))
        if it.busy:
            it.busy -= 1
            self.send_error(503)
            return
        if it.etag and self.headers.get("If-None-Match") == it.etag:
            self.send_response(304)
            self.end_headers()
            return
        if it.status != 200:
            self.send_error(it.status)
            return
        start = 0
        wanted = self.headers.get("Range")
        if wanted and it.ranges and self.headers.get("If-Range") == it.etag:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(it.data) - 1}/{len(it.data)}")
        else:
            self.send_response(200)
        body = it.data[start:]
        self.send_header("Content-Type", it.content_type)
        self.send_header("Content-Length", str(len(body) + it.lie))
        self.send_header("Last-Modified", MODIFIED)
        if it.etag:
            self.send_header("ETag", it.etag)
        if it.digest:
            self.send_header("Repr-Digest", it.digest)
        self.end_headers()
        if it.cuts:
            it.cuts -= 1
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
            return
        self.wfile.write(body)
        self.close_connection = True


@pytest.fixture
def publisher(socket_enabled: None) -> Iterator[Publisher]:
    it = Publisher()
    handler = type("Handler", (_Handler,), {"publisher": it})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        it.address = f"http://127.0.0.1:{server.server_port}/data/postal.csv"
        yield it
        server.shutdown()
        thread.join()


def fetch(publisher: Publisher, folder: Path, *, attempts: int = 4) -> Path:
    return download([publisher.address], folder=folder, attempts=attempts, longest_wait_s=0)[0]


def test_a_file_is_fetched_whole_with_the_date_of_the_source(publisher: Publisher, tmp_path: Path) -> None:
    path = fetch(publisher, tmp_path)
    assert path.read_bytes() == DATA
    assert path.name == "postal.csv"
    assert open_files([path])[0].source_date is not None
    assert str(open_files([path])[0].source_date) == "2026-06-15"
    assert not list(tmp_path.glob("*.part*"))


def test_an_unchanged_file_is_not_fetched_again(publisher: Publisher, tmp_path: Path) -> None:
    fetch(publisher, tmp_path)
    publisher.data = b"other bytes under the same ETag"
    assert fetch(publisher, tmp_path).read_bytes() == DATA
    assert publisher.asked[-1]["If-None-Match"] == '"v1"'


def test_a_new_edition_replaces_the_old_one(publisher: Publisher, tmp_path: Path) -> None:
    fetch(publisher, tmp_path)
    publisher.etag, publisher.data = '"v2"', DATA + b"more\n"
    assert fetch(publisher, tmp_path).read_bytes() == DATA + b"more\n"


def test_a_cut_connection_is_resumed_where_it_broke(publisher: Publisher, tmp_path: Path) -> None:
    publisher.cuts = 2
    assert fetch(publisher, tmp_path).read_bytes() == DATA
    starts = [asked["Range"] for asked in publisher.asked if "Range" in asked]
    assert starts == [f"bytes={len(DATA) // 2}-", f"bytes={len(DATA) * 3 // 4}-"]


def test_a_download_given_up_is_resumed_by_the_next_command(publisher: Publisher, tmp_path: Path) -> None:
    publisher.cuts = 1
    with pytest.raises(DownloadFailed, match="interrompu 1 fois"):
        fetch(publisher, tmp_path, attempts=1)
    assert fetch(publisher, tmp_path).read_bytes() == DATA
    assert publisher.asked[-1]["Range"] == f"bytes={len(DATA) // 2}-"


def test_a_resume_across_a_new_edition_starts_again(publisher: Publisher, tmp_path: Path) -> None:
    publisher.cuts = 1
    with pytest.raises(DownloadFailed):
        fetch(publisher, tmp_path, attempts=1)
    publisher.etag, publisher.data = '"v2"', b"new edition\n"
    assert fetch(publisher, tmp_path).read_bytes() == b"new edition\n"


def test_a_server_that_cannot_resume_sends_it_all_again(publisher: Publisher, tmp_path: Path) -> None:
    publisher.cuts, publisher.ranges = 1, False
    assert fetch(publisher, tmp_path).read_bytes() == DATA


def test_a_busy_server_is_asked_again(publisher: Publisher, tmp_path: Path) -> None:
    publisher.busy = 2
    assert fetch(publisher, tmp_path).read_bytes() == DATA


def test_a_length_never_reached_is_a_failure_and_no_file(publisher: Publisher, tmp_path: Path) -> None:
    publisher.lie, publisher.ranges = 10, False
    with pytest.raises(DownloadFailed, match="interrompu 4 fois"):
        fetch(publisher, tmp_path)
    assert not (tmp_path / "postal.csv").exists()


def test_a_wrong_checksum_is_a_failure_and_nothing_is_kept(publisher: Publisher, tmp_path: Path) -> None:
    publisher.digest = f"sha-256=:{base64.b64encode(hashlib.sha256(b'x').digest()).decode()}:"
    with pytest.raises(DownloadFailed, match="somme de contrôle"):
        fetch(publisher, tmp_path)
    assert not list(tmp_path.glob("postal.csv*.part"))


def test_the_right_checksum_passes(publisher: Publisher, tmp_path: Path) -> None:
    publisher.digest = f"sha-256=:{base64.b64encode(hashlib.sha256(DATA).digest()).decode()}:"
    assert fetch(publisher, tmp_path).read_bytes() == DATA


def test_a_web_page_instead_of_data_is_refused(publisher: Publisher, tmp_path: Path) -> None:
    publisher.content_type, publisher.data = "text/html; charset=utf-8", b"<html>maintenance</html>"
    with pytest.raises(DownloadFailed, match="page web"):
        fetch(publisher, tmp_path)


def test_a_missing_page_fails_at_once(publisher: Publisher, tmp_path: Path) -> None:
    publisher.status = 404
    with pytest.raises(DownloadFailed, match="404"):
        fetch(publisher, tmp_path)
    assert len(publisher.asked) == 1


def test_an_empty_answer_is_refused(publisher: Publisher, tmp_path: Path) -> None:
    publisher.data = b""
    with pytest.raises(DownloadFailed, match="vide"):
        fetch(publisher, tmp_path)
