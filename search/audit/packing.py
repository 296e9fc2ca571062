"""A record as bytes, and the chain of digests that ties each to the one before.

Packed candidates: 26 bytes each, in the order shown, big-endian, without padding.

    offset   bytes
    0        16   identifier of the offer (UUID)
    16        1   what is known of its slots: 0 none, 1 unknown, 2 known
    17        1   flags: 1 remote, 2 participating, 4 beside the specialty
    18        4   wait, signed, hundredths of a minute; 0 where slots are not known
    22        4   travel, signed, hundredths of a minute; -1 in a territory
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from search.rank import Candidates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

START = "0" * 64
"""What stands before the first ranking."""

ROW = np.dtype(
    [("identity", ">u8", (2,)), ("slots", "u1"), ("flags", "u1"), ("wait", ">i4"), ("travel", ">i4")]
)
_REMOTE, _PARTICIPATING, _MISFIT = 1, 2, 4
_MEMBERS = ("ranking_id", "policy", "policy_digest", "seed", "specialty", "area", "total", "page")


def pack(candidates: Candidates) -> bytes:
    """Candidates as bytes.

    Raises
    ------
    ValueError   a time does not fit in four bytes
    """
    for times in (candidates.wait, candidates.travel):
        if len(times) and (times.max() > np.iinfo(np.int32).max or times.min() < -1):
            raise ValueError("a time does not fit")
    rows = np.zeros(len(candidates), dtype=ROW)
    rows["identity"] = candidates.identity
    rows["slots"] = candidates.slots
    rows["flags"] = (
        candidates.remote * _REMOTE + candidates.participating * _PARTICIPATING + candidates.misfit * _MISFIT
    )
    rows["wait"] = candidates.wait
    rows["travel"] = candidates.travel
    return rows.tobytes()


def unpack(packed: bytes) -> Candidates:
    """The candidates that bytes hold.

    Raises
    ------
    ValueError   not a whole number of candidates
    """
    rows: NDArray[Any] = np.frombuffer(packed, dtype=ROW)
    flags = rows["flags"]
    return Candidates(
        identity=rows["identity"].astype(np.uint64).reshape(-1, 2),
        slots=rows["slots"].astype(np.int8),
        wait=rows["wait"].astype(np.int64),
        remote=(flags & _REMOTE) > 0,
        travel=rows["travel"].astype(np.int64),
        participating=(flags & _PARTICIPATING) > 0,
        misfit=(flags & _MISFIT) > 0,
    )


def chained(previous: str, line: Mapping[str, Any]) -> str:
    """SHA-256 of the digest before and of a ranking, in hexadecimal.

    line   columns of `audit.ranking`: `day` a date, `candidates` bytes
    """
    content = {name: line[name] for name in _MEMBERS}
    content["day"] = line["day"].isoformat()
    content["candidates"] = bytes(line["candidates"]).hex()
    return _digest(previous, content)


def purge_chained(previous: str, line: Mapping[str, Any]) -> str:
    """The same of a purge: columns of `audit.purge`."""
    content = {name: line[name] for name in ("first_id", "last_id", "hash")}
    content["before"] = line["before"].isoformat()
    return _digest(previous, content)


def _digest(previous: str, content: Mapping[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()
