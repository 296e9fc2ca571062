"""The unprivileged account that runs the private PostgreSQL, which refuses to run as root.

An ordinary user runs it under his own account. Root gives it to the system account `postgres` that Debian's
package creates, or to `sas-platform`, created here, when there is none.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from typing import TYPE_CHECKING

from core.errors import SystemMissing

if TYPE_CHECKING:
    from pathlib import Path

_ACCOUNTS = ("postgres", "sas-platform")


def account() -> pwd.struct_passwd:
    """The account that runs the server; created when root has none to give.

    Raises
    ------
    SystemMissing   the account cannot be created
    """
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in _ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    name = _ACCOUNTS[-1]
    useradd = [
        "useradd",
        "--system",
        "--user-group",
        "--shell",
        "/usr/sbin/nologin",
        "--no-create-home",
        name,
    ]
    done = subprocess.run(useradd, check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode != 0:
        raise SystemMissing(f"Impossible de créer le compte système « {name} » : {done.stderr.strip()}")
    return pwd.getpwnam(name)


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command as the server's account, outputs captured; never raises on its status."""
    if os.geteuid() == 0:
        entry = account()
        command = [
            *("setpriv", "--reuid", str(entry.pw_uid), "--regid", str(entry.pw_gid), "--clear-groups"),
            *command,
        ]
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": "/"}
    return subprocess.run(  # noqa: S603
        command,
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
        env=environment,
        stdin=subprocess.DEVNULL,
    )


def can_enter(directory: Path) -> bool:
    """Whether the server's account can reach this directory: each ancestor must let it through."""
    return os.geteuid() != 0 or run(["test", "-x", f"{directory}/."]).returncode == 0


def give(path: Path) -> None:
    """Make the server's account the owner of a path (root only; nothing to do otherwise)."""
    if os.geteuid() == 0:
        entry = account()
        shutil.chown(path, entry.pw_uid, entry.pw_gid)


def owns(path: Path) -> bool:
    """Whether the path, not followed when it is a link, belongs to the server's account."""
    return path.lstat().st_uid == account().pw_uid
