"""A COPY that stays open while blocks are read: the server writes a block while the next is parsed."""

from __future__ import annotations

import io
import queue
import threading
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from psycopg import sql

from ingest.load.copying import QUERIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    import polars as pl
    import psycopg

T = TypeVar("T")
_END = object()
# Blocks parsed ahead of the server; bounds the memory.
_AHEAD = 1


class RowStream:
    """COPY of frames without nulls into a staging table, from a thread that owns the connection meanwhile.

    Text format: the cheapest one to write and to read. Tabs and line ends cannot occur (`ingest.blocks`
    removes them); backslashes are doubled.
    """

    def __init__(self, conn: psycopg.Connection[Any], table: sql.Identifier, columns: Sequence[str]) -> None:
        self._conn = conn
        self._columns = list(columns)
        self._statement = sql.SQL(QUERIES["copy_text"]).format(
            table=table, columns=sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        self._queue: queue.Queue[bytes | None] = queue.Queue(maxsize=_AHEAD)
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._write, name="copy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._queue.put(None)
        self._thread.join()
        if error is None and self._failure is not None:
            raise self._failure

    def send(self, frame: pl.DataFrame) -> None:
        """Hand over a frame; waits when the server is behind.

        Raises
        ------
        psycopg.Error   the server refused an earlier frame, or went away

        """
        if self._failure is not None:
            raise self._failure
        if frame.is_empty():
            return
        buffer = io.BytesIO()
        frame.select(self._columns).write_csv(
            buffer, separator="\t", include_header=False, quote_style="never"
        )
        data = buffer.getvalue()
        self._queue.put(data.replace(b"\\", b"\\\\") if b"\\" in data else data)

    def _write(self) -> None:
        try:
            with self._conn.cursor().copy(self._statement) as copy:
                while (data := self._queue.get()) is not None:
                    copy.write(data)
        except BaseException as exc:  # noqa: BLE001  handed to the reading thread, which raises it
            self._failure = exc
            while self._queue.get() is not None:
                pass


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items, each made in a thread while the former one is being used; one is held at most.

    An error of `items` is raised here, in its place.
    """
    made: queue.Queue[object] = queue.Queue(maxsize=1)
    stopped = threading.Event()

    def make() -> None:
        try:
            for item in items:
                made.put(item)
                if stopped.is_set():
                    return
            made.put(_END)
        except BaseException as exc:  # noqa: BLE001  handed over, and raised by the other side
            made.put(_Raised(exc))

    thread = threading.Thread(target=make, name="read", daemon=True)
    thread.start()
    try:
        while (item := made.get()) is not _END:
            if isinstance(item, _Raised):
                raise item.error
            yield cast("T", item)
    finally:
        stopped.set()
        while thread.is_alive():
            try:
                made.get(timeout=0.05)
            except queue.Empty:
                continue


class _Raised:
    """An error on its way from one thread to the other."""

    def __init__(self, error: BaseException) -> None:
        self.error = error
