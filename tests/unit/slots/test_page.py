"""The page of the room says which test holds which sentence: it must stay true."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_every_test_named_in_the_page_exists():
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "slots.md").read_text(encoding="utf-8")))
    here = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    written = set(re.findall(r"^def (test_\w+)\(", here, re.MULTILINE))
    assert len(named) > 90
    assert sorted(named - written) == []


def test_every_module_of_the_room_is_in_the_page():
    page = (ROOT / "docs" / "slots.md").read_text(encoding="utf-8")
    modules = {path.stem for path in (ROOT / "slots" / "fhir").glob("*.py")} - {
        "__init__",
        "attachment",
        "verdict",
    }
    assert sorted(name for name in modules if f"`{name}`" not in page) == []
