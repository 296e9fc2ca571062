"""`sas geocode`, killed once it has written some parts. Started by `test_geocode_resume.py` only.

Arguments: how many parts are written before the end, then those of the command. The database and the home are
those of the environment. Chunks are small and everything is saved at once, so that little work is enough.
"""

from __future__ import annotations

import os
import signal
import sys

from cli import draft, main
from geo.geocoding import table


def run() -> None:
    parts_left = int(sys.argv[1])
    sys.argv = ["sas", "geocode", *sys.argv[2:]]
    table.CHUNK_ROWS = 10
    draft._SAVE_EVERY_S = 0
    save = draft.Draft.save_now_and_then

    def killed(self: draft.Draft) -> None:
        nonlocal parts_left
        save(self)
        # What is written after the last state is not sound: the next run must cut it.
        self.write(b"half a row")
        for file in self._files.values():
            file.flush()
        parts_left -= 1
        if parts_left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        for file in self._files.values():
            if file.name.endswith(".csv.part") and "rejets" not in file.name:
                file.truncate(file.seek(0, os.SEEK_END) - len(b"half a row"))
                file.seek(0, os.SEEK_END)

    draft.Draft.save_now_and_then = killed
    main.main()


if __name__ == "__main__":
    run()
