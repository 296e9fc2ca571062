"""A load of the directory in a process of its own, that dies on entering a stage, for `test_kill.py`.

Arguments: database address, SAS_HOME, source, stage, files.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from core.settings import DatabaseSettings, HomeSettings
from ingest.load import annuaire, finess
from ingest.pipeline import ingest
from ingest.run import Run


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    dsn, home, source, stage, *files = sys.argv[1:]
    road: Any = {"annuaire": annuaire, "finess": finess}[source]
    enter, settle = Run.stage, road.settle

    def killed_stage(self: Run, name: str) -> None:
        enter(self, name)
        if name == stage:
            kill()

    def killed_settle(job: object) -> None:
        settle(job)  # pyright: ignore[reportArgumentType]
        if stage == "swapped":  # every table replaced, nothing committed
            kill()

    Run.stage, road.settle = killed_stage, killed_settle
    ingest(
        source,
        [Path(file) for file in files],
        apply=True,
        database=DatabaseSettings.model_validate({"database_url": dsn}),
        home=HomeSettings.model_validate({"home": home}),
    )


main()
