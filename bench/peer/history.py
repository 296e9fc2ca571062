"""Recall of each version, kept: a change that lowers one is seen at the next run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from bench.harness import RESULTS, revision
from bench.peer.measures import LEVELS
from core.clock import utc_now

if TYPE_CHECKING:
    from pathlib import Path

    from bench.peer.measures import Kinds

PATH: Final = RESULTS / "history" / "geocoding_peer.jsonl"
_ROUNDED: Final = 5.1e-5  # shares are kept with four decimals


def compare_and_keep(
    kinds: Kinds, *, asked: str, against: str | None = None, keep: bool, path: Path = PATH
) -> list[str]:
    """What went down since the last version asked the same questions, or since `against`; then keep this one.

    Parameters
    ----------
    asked     what was asked, of what base: only the same is compared
    against   beginning of a revision
    keep      whether to add this version, in place of an earlier run of the same revision
    """
    known = _read(path)
    now = revision()
    same = [entry for entry in known if entry["asked"] == asked]
    former = [
        entry
        for entry in same
        if (str(entry["revision"]).startswith(against) if against else entry["revision"] != now)
    ]
    lines = _lowered(former[-1], kinds) if former else []
    if keep:
        entry = {
            "revision": now,
            "measured_at": utc_now().isoformat(timespec="seconds"),
            "asked": asked,
            "recall": {
                kind: {name: round(share, 4) for name, share in facts.items() if share is not None}
                for kind, facts in kinds.items()
            },
        }
        others = [one for one in known if (one["revision"], one["asked"]) != (now, asked)]
        _write(path, [*others, entry])
    return lines


def _lowered(former: dict[str, Any], kinds: Kinds) -> list[str]:
    """Lines such as "afnor street 0.996 → 0.990 (since 1a2b3c4)"."""
    lines = []
    for kind, facts in kinds.items():
        before = former["recall"].get(kind, {})
        levels = [(level, 1) for level in LEVELS] if kind != "absent_street" else [("accepted", -1)]
        for level, better in levels:
            old, new = before.get(level), facts.get(level)
            if old is not None and new is not None and (new - old) * better < -_ROUNDED:
                lines.append(f"{kind} {level} {old:.3f} → {new:.3f} (since {former['revision']})")
    return lines


def _read(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _write(path: Path, entries: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    text = "".join(json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n" for entry in entries)
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
