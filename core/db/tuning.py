"""Settings of the private PostgreSQL, computed for the machine it runs on.

The aim is two cores that load millions of rows in bulk, then serve searches, on a machine shared with other
work. The file is written whole by `core.db.cluster` each time it changes; `ALTER SYSTEM` has the last word.
"""

from __future__ import annotations

import os
from pathlib import Path

_MB = 1 << 20
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - measured, not written to
_SHARED_MEMORY_WANTED = 1 << 30

_TEMPLATE = """\
# Written by core/db/tuning.py at each change of the code: edit with ALTER SYSTEM, not here.

# Reached through a Unix socket only, in a directory of mode 700.
listen_addresses = ''
unix_socket_directories = '{socket_dir}'
unix_socket_permissions = 0700
max_connections = 80

# Memory
shared_buffers = {shared_buffers_mb}MB
effective_cache_size = {cache_mb}MB
work_mem = {work_mem_mb}MB
maintenance_work_mem = {maintenance_mb}MB
dynamic_shared_memory_type = {shared_memory}
temp_file_limit = 30GB

# Bulk loads: no replica hangs on this cluster; a table filled in the transaction that makes it needs no WAL.
wal_level = minimal
max_wal_senders = 0
max_wal_size = 4GB
min_wal_size = 256MB
wal_compression = on
wal_buffers = 16MB
checkpoint_timeout = 15min
checkpoint_completion_target = 0.9
max_parallel_maintenance_workers = 2
autovacuum_vacuum_cost_limit = 2000

# Serving: short statements on data that stay in memory.
random_page_cost = 1.1
effective_io_concurrency = 100
max_parallel_workers_per_gather = 2
jit = off

# Privacy: a place searched may stand in a statement, a parameter or the text of an error. None is written.
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
log_statement = none
log_min_duration_statement = -1
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0

# One file for each day of the week: the journal cannot fill the disk.
logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_rotation_size = 0
log_checkpoints = off

timezone = UTC
log_timezone = UTC
"""

_NOT_DURABLE = """
# Data of tests: made again at will, never to be trusted after a power cut.
fsync = off
synchronous_commit = off
full_page_writes = off
"""


def memory_bytes() -> int:
    """Memory the server can count on: that of the machine, or of the container when it is limited."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = _CGROUP_LIMIT.read_text(encoding="ascii").strip()
    except OSError:
        return physical
    return min(physical, int(limit)) if limit.isdigit() else physical


def settings(socket_dir: Path, *, memory: int, durable: bool) -> str:
    """Text of the settings file.

    Parameters
    ----------
    socket_dir   directory of the Unix socket
    memory       bytes the server can count on
    durable      False for the cluster of the tests: a power cut may corrupt it
    """
    megabytes = memory // _MB
    text = _TEMPLATE.format(
        socket_dir=socket_dir,
        shared_buffers_mb=_between(64, megabytes // 6, 1024),
        cache_mb=_between(256, megabytes // 2, 16384),
        work_mem_mb=_between(8, megabytes // 128, 48),
        maintenance_mb=_between(64, megabytes // 16, 512),
        # A container has 64 MB of /dev/shm by default: parallel queries would fail there.
        shared_memory="posix" if _shared_memory_bytes() >= _SHARED_MEMORY_WANTED else "mmap",
    )
    return text if durable else text + _NOT_DURABLE


def _between(low: int, value: int, high: int) -> int:
    return max(low, min(value, high))


def _shared_memory_bytes() -> int:
    try:
        found = os.statvfs(_SHARED_MEMORY)
    except OSError:
        return 0
    return found.f_frsize * found.f_blocks
