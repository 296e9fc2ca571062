"""Files geocoded by the server, beside the people it answers: one process of its own, less urgent than them.

A small file is done at once in a thread; a larger one goes, chunk by chunk, to a process started with the
first of them. Few files are held at a time: one more is told to come back.
"""

from __future__ import annotations

import tempfile
import threading
from typing import TYPE_CHECKING, BinaryIO, Self, cast

import psycopg

from core.errors import ServerBusy
from geo.geocoding.parallel import Alone, Desk, Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from core.settings import DatabaseSettings, HomeSettings
    from geo.geocoding.gazetteer import Gazetteer
    from geo.geocoding.parallel import Spread
    from geo.geocoding.table import Part, TableOptions

    Work = Callable[[Spread, BinaryIO, TableOptions], Iterator[Part]]

MOST_FILES = 8
SMALL_BYTES = 16 * 1024
_IN_MEMORY_BYTES = 1 << 20


class FileGeocoding:
    """The files under way in one server process."""

    def __init__(self, database: DatabaseSettings, home: HomeSettings) -> None:
        self._database, self._home = database, home
        self._lock = threading.Lock()
        self._desk_lock = threading.Lock()
        self._desk: Desk | None = None
        self._workers: Workers | None = None
        self._files = 0

    def room(self) -> FileRoom:
        """A place for one more file; to be closed.

        Raises
        ------
        ServerBusy   too many files are under way

        """
        with self._lock:
            if self._files >= MOST_FILES:
                raise ServerBusy("Trop de fichiers sont en cours de géocodage : réessayez dans un moment.")
            self._files += 1
        return FileRoom(self)

    def leave(self) -> None:
        """A file is over."""
        with self._lock:
            self._files -= 1

    def at_once(
        self, work: Work, stream: BinaryIO, options: TableOptions, gazetteer: Gazetteer
    ) -> list[Part]:
        """A small file, in this thread."""
        with self._desk_lock:
            try:
                if self._desk is None or self._desk.gazetteer.version != gazetteer.version:
                    self._close_desk()
                    self._desk = Desk.open(self._database, self._home, role="reader", gazetteer=gazetteer)
                return list(work(Alone(self._desk), stream, options))
            except psycopg.OperationalError:
                self._close_desk()
                raise

    def workers(self) -> Workers:
        """The process for larger files."""
        with self._lock:
            if self._workers is None or self._workers.broken:
                self._workers = Workers(self._database, self._home, jobs=1, gentle=True)
            return self._workers

    def close(self) -> None:
        """End what was started."""
        self._close_desk()
        if self._workers is not None:
            self._workers.close()

    def _close_desk(self) -> None:
        if self._desk is not None:
            self._desk.close()
        self._desk = None


class FileRoom:
    """One file: written here first, then geocoded. Used as a context; closed once, however it ends."""

    def __init__(self, files: FileGeocoding) -> None:
        self._files = files
        self._copy = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - closed by `close`
        self._open = True

    def __enter__(self) -> Self:
        """The file is geocoded within."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave."""
        self.close()

    def write(self, block: bytes) -> None:
        """Add to the file."""
        self._copy.write(block)

    def close(self) -> None:
        """Give the place to another file."""
        if self._open:
            self._open = False
            self._copy.close()
            self._files.leave()

    def parts(self, work: Work, options: TableOptions, gazetteer: Gazetteer) -> Iterator[Part]:
        """The file geocoded.

        Raises
        ------
        UsageError   an option does not fit the file

        """
        with self:
            size = self._copy.tell()
            self._copy.seek(0)
            stream = cast("BinaryIO", self._copy)
            if size <= SMALL_BYTES:
                yield from self._files.at_once(work, stream, options, gazetteer)
            else:
                yield from work(self._files.workers(), stream, options)
