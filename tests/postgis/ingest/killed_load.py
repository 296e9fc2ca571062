"""A load run in a process of its own, that dies where it is told. Started by `test_kill.py` only.

Arguments: database address, SAS_HOME, where, then the files of the geographic code. `where` is
`enter:<stage>`, `inside:read` (staged, not committed), `inside:swap` (tables replaced, not committed) or
`after:swap` (committed). SAS_TEST_VICTIM names the process killed: this one, or the pid of a server.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from core.settings import DatabaseSettings, HomeSettings
from ingest import pipeline
from ingest.load.keyed import KeyedTable
from ingest.run import Run


def kill() -> None:
    victim = int(os.environ.get("SAS_TEST_VICTIM", os.getpid()))
    os.kill(victim, signal.SIGKILL)
    # A killed server takes its sessions along: wait for the line to go dead.
    time.sleep(0.5)


def main() -> None:
    dsn, home, where, *files = sys.argv[1:]
    moment, stage = where.split(":")
    enter, finish, close_stage = Run.stage, Run.finish, KeyedTable.close_stage

    def killed_stage(self: Run, name: str) -> None:
        enter(self, name)
        if moment == "enter" and name == stage:
            kill()

    def killed_finish(self: Run, state: str, *, conn: Any = None) -> None:
        finish(self, state, conn=conn)
        if moment == "inside" and stage == "swap":
            kill()

    def killed_close(self: KeyedTable, job: Any, *, reason: str = "duplicate-key") -> None:
        close_stage(self, job, reason=reason)
        if moment == "inside" and stage == "read":
            kill()

    Run.stage, Run.finish, KeyedTable.close_stage = killed_stage, killed_finish, killed_close
    pipeline.ingest(
        "cog",
        [Path(file) for file in files],
        apply=True,
        database=DatabaseSettings.model_validate({"database_url": dsn}),
        home=HomeSettings.model_validate({"home": home}),
    )
    if moment == "after":
        kill()


if __name__ == "__main__":
    main()
