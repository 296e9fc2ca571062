"""A file made little by little: cut anywhere, the next run carries on; nothing half-made under its name.

The work is written beside the target (`target.part`), and `target.part.json` says how much of it is sound and
what it was made from. Killed, the next run made from the same things cuts the draft there and goes on; made
from other things, it starts again and says why. Only a finished draft takes the name of the target.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from typing import TYPE_CHECKING, BinaryIO, Self

from core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

_SAVE_EVERY_S = 2.0


class Draft:
    """The drafts of one or several files that are finished together. Used as a context.

    made_from   what the result depends on, by name: `{"input": "…", "options": "…"}`
    resume      False forgets what a former run left

    counts      numbers to carry on from; empty at first
    resumed     whether a former run is carried on
    changed     names of what is no longer the same as for the former run
    """

    def __init__(self, target: Path, made_from: Mapping[str, str], *, resume: bool = True) -> None:
        self.counts: dict[str, int] = {}
        self.resumed = False
        self.changed: list[str] = []
        self._target = target
        self._made_from = dict(made_from)
        self._resume = resume
        self._files: dict[Path, BinaryIO] = {}
        self._state_path = target.with_name(f"{target.name}.part.json")
        self._saved_at = time.monotonic()

    def __enter__(self) -> Self:
        """Open the draft of the target, cut where it is sound.

        Raises
        ------
        UsageError   another run is writing it

        """
        state = self._former_state()
        self._open(self._target, state)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Keep what is done: the next run carries on from there. Nothing done leaves nothing behind."""
        worth_keeping = any(self.counts.values())
        if self._files and worth_keeping:
            self._save()
        for path, file in self._files.items():
            file.close()
            if not worth_keeping:
                _draft_of(path).unlink(missing_ok=True)
        if not worth_keeping:
            self._state_path.unlink(missing_ok=True)

    def beside(self, path: Path) -> BinaryIO:
        """Another file of the same work, cut where it is sound."""
        if path not in self._files:
            self._open(path, self._former_state() if self.resumed else {})
        return self._files[path]

    def write(self, data: bytes, **counts: int) -> None:
        """Add to the target, and to the counts."""
        self._files[self._target].write(data)
        for name, count in counts.items():
            self.counts[name] = self.counts.get(name, 0) + count

    def save_now_and_then(self) -> None:
        """Say how much is sound, every two seconds."""
        if time.monotonic() - self._saved_at >= _SAVE_EVERY_S:
            self._save()

    def finish(self) -> None:
        """Give every file its name; nothing is left to carry on from."""
        for path, file in reversed(self._files.items()):
            file.flush()
            os.fsync(file.fileno())
            file.close()
            _draft_of(path).replace(path)
        self._files = {}
        self._state_path.unlink(missing_ok=True)

    def _save(self) -> None:
        # The bytes are on the disk before the state says that they are sound.
        sizes = {}
        for path, file in self._files.items():
            file.flush()
            os.fsync(file.fileno())
            sizes[path.name] = file.tell()
        state = {"made_from": self._made_from, "counts": self.counts, "sizes": sizes}
        draft = self._state_path.with_suffix(".tmp")
        draft.write_text(json.dumps(state), encoding="utf-8")
        draft.replace(self._state_path)
        self._saved_at = time.monotonic()

    def _former_state(self) -> dict[str, dict[str, int]]:
        """What a former run left, when it can be carried on from."""
        try:
            state = json.loads(self._state_path.read_text(encoding="utf-8"))
            made_from, counts, sizes = state["made_from"], dict(state["counts"]), dict(state["sizes"])
            sound = all(
                _draft_of(self._target.with_name(name)).stat().st_size >= size for name, size in sizes.items()
            )
        except (OSError, ValueError, KeyError, TypeError):
            return {}
        names = [*self._made_from, *(name for name in made_from if name not in self._made_from)]
        self.changed = [name for name in names if made_from.get(name) != self._made_from.get(name)]
        if self.changed or not sound or not self._resume:
            return {}
        self.resumed = True
        self.counts = {str(name): int(count) for name, count in counts.items()}
        return {"sizes": sizes}

    def _open(self, path: Path, state: Mapping[str, Mapping[str, int]]) -> None:
        file = _draft_of(path).open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            file.close()
            raise UsageError(f"{path} est déjà en cours d'écriture par une autre commande.") from exc
        file.truncate(state.get("sizes", {}).get(path.name, 0))
        file.seek(0, os.SEEK_END)
        self._files[path] = file


def _draft_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")
