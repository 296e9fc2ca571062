"""Errors of the whole project.

    SasError                 each carries a stable `code`, a French sentence for people, and details
    ├── UsageError           the caller is wrong
    │   ├── InvalidParameter
    │   ├── UnknownSpecialty
    │   └── UnknownPlace
    ├── NotFoundError        the thing asked does not exist
    ├── NotSignedIn          the caller has not said who they are, or not truly
    ├── NotAllowed           the caller may not do this
    ├── Conflict             the thing asked no longer fits what is there
    │   ├── SlotFull
    │   ├── SlotLocked
    │   └── SlotOver
    ├── SourceError          an official file is not what was agreed; the previous data stay in service
    │   ├── FileUnreadable
    │   ├── ColumnsChanged
    │   ├── TooFewRows
    │   ├── TooManyRejections
    │   └── DownloadFailed
    └── StorageError         the database or the machine under it
        ├── StorageUnavailable
        ├── MigrationPending
        ├── MigrationEdited
        ├── ServerBusy       too much of one kind of work is under way
        ├── WorkerLost       a process of ours died in the middle of its work
        └── SystemMissing    a program or a right is missing on this machine

Only `api.errors` knows HTTP; only `cli` knows exit statuses.
"""

from __future__ import annotations

from typing import Any, ClassVar


class SasError(Exception):
    """Base of every error of the project.

    `message` is a French sentence a user can act on; `details` are JSON-able facts that never hold a
    place searched, a patient, or the text a user typed.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details: dict[str, Any] = details


class UsageError(SasError):
    """The caller is wrong, and can mend it."""

    code = "usage"


class InvalidParameter(UsageError):
    """A parameter is unreadable or out of range; `details["parameter"]` names it."""

    code = "invalid-parameter"


class UnknownSpecialty(UsageError):
    """The specialty is not understood; `details["suggestions"]` holds the nearest ones."""

    code = "unknown-specialty"


class UnknownPlace(UsageError):
    """The place is not understood; `details["suggestions"]` holds the nearest ones."""

    code = "unknown-place"


class NotFoundError(SasError):
    """The thing asked does not exist (or no longer)."""

    code = "not-found"


class NotSignedIn(SasError):
    """The caller has not said who they are, or not truly."""

    code = "not-signed-in"


class NotAllowed(SasError):
    """The caller may not do this: no secret, a wrong one, or the door is closed."""

    code = "not-allowed"


class Conflict(SasError):
    """The thing asked no longer fits what is there."""

    code = "conflict"


class SlotFull(Conflict):
    """Every place of the slot is taken."""

    code = "slot_full"


class SlotLocked(Conflict):
    """A patient was sent to this slot: it can be neither changed nor removed."""

    code = "slot-locked"


class SlotOver(Conflict):
    """The slot has begun or is over."""

    code = "slot-over"


class SourceError(SasError):
    """An official file is not what was agreed; nothing of it has reached the tables in service."""

    code = "source"


class FileUnreadable(SourceError):
    """A file is missing, truncated, or not of the format it should have."""

    code = "file-unreadable"


class ColumnsChanged(SourceError):
    """The header is not the one agreed for this source; nothing has been read."""

    code = "columns-changed"


class TooFewRows(SourceError):
    """The file holds far fewer rows than the previous load: a truncated download, most likely."""

    code = "too-few-rows"


class TooManyRejections(SourceError):
    """More rows were rejected than the ceiling allows."""

    code = "too-many-rejections"


class DownloadFailed(SourceError):
    """An official file could not be fetched whole."""

    code = "download-failed"


class StorageError(SasError):
    """The database or the machine under it."""

    code = "storage"


class StorageUnavailable(StorageError):
    """The database cannot be reached."""

    code = "storage-unavailable"


class MigrationPending(StorageError):
    """The schema of the database is older than the code."""

    code = "migration-pending"


class MigrationEdited(StorageError):
    """A migration file was changed after it was applied: nobody knows what the database holds."""

    code = "migration-edited"


class ServerBusy(StorageError):
    """Too much of one kind of work is under way; it will do to come back."""

    code = "server-busy"


class WorkerLost(StorageError):
    """A process of ours died in the middle of its work."""

    code = "worker-lost"


class SystemMissing(StorageError):
    """A program, a right or room on the disk is missing on this machine."""

    code = "system-missing"
