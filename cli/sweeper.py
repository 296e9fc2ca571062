"""The sweep of the demonstration as a process of this machine, left running beside the server."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cli import server
from cli.server import Running

if TYPE_CHECKING:
    from core.settings import HomeSettings

EVERY_MIN = 15
"""Before what was read is half an hour old, and unknown again."""


def start(home: HomeSettings) -> Running:
    """Leave a sweep running that begins again every quarter of an hour; its journal is `sweep.log`."""
    with (home.path / "sweep.log").open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            [str(Path(sys.executable).with_name("sas")), "sweep", "--every", str(EVERY_MIN)],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    running = Running(pid=process.pid, host="", port=0)
    _pid_file(home).write_text(json.dumps(running.__dict__), encoding="utf-8")
    return running


def stop(home: HomeSettings) -> bool:
    """Stop the sweep left running under this home; tells whether there was one."""
    return server.stop_process(_pid_file(home), word=b"sweep")


def _pid_file(home: HomeSettings) -> Path:
    return home.path / "sweep.json"
