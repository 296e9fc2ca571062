"""The proof of a declaration: a chain of digests; no line is changed, removed or inserted unseen."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

START = "0" * 64
_MEMBERS = ("actor", "subject", "statement", "before", "after")


def proof(previous: str, line: Mapping[str, Any]) -> str:
    """SHA-256 of the proof before and of a line of the history, in hexadecimal.

    line   `recorded_at` (aware), `actor`, `subject`, `statement`, `before`, `after` (JSON values)
    """
    content = {name: line[name] for name in _MEMBERS}
    content["recorded_at"] = line["recorded_at"].astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()
