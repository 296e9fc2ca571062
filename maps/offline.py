"""Files that hold everything they need: the libraries' text goes in, nothing is fetched on opening."""

from __future__ import annotations

import json
import re
from typing import Any

_FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|audio|video|embed|object)\b[^>]*?\b(?:src|data)\s*=\s*["']?(?!data:)[^"'>\s]"""
    r"""|<link\b[^>]*?\bhref\s*=\s*["']?(?!data:)[^"'>\s]"""
    r"""|@import\b"""
    r"""|\burl\(\s*["']?(?!data:|\#)[a-z/.]"""
    r"""|\bimport\s*\(\s*["']https?:""",
    re.IGNORECASE,
)


class NotSelfContained(ValueError):
    """A generated file would fetch something; it is not written."""


def check_self_contained(html: str) -> None:
    """Refuse a page that would load anything beside itself.

    Addresses that are only names (SVG namespaces) or links a person may follow are no fetch.

    Raises
    ------
    NotSelfContained   with the beginning of the first thing that would be fetched
    """
    found = _FETCHED.search(html)
    if found is not None:
        raise NotSelfContained(f"the file would fetch: {html[found.start() : found.start() + 120]!r}")


def script_text(text: str) -> str:
    """Text of a script, safe inside `<script>`: a closing tag within a string cannot end it."""
    return text.replace("</script", r"<\/script").replace("<!--", r"<\!--")


def json_text(value: Any) -> str:
    """JSON, safe inside `<script>`, without a needless space."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", r"\u003c").replace("\u2028", r"\u2028").replace("\u2029", r"\u2029")
