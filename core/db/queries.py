"""Named SQL statements, read from `<room>/sql/*.sql`.

A file holds statements each introduced by a line `-- name: some_name`; the comment lines below the name
say what goes in (with units and CRS), what comes out, and which index serves it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, LiteralString, cast

if TYPE_CHECKING:
    from pathlib import Path

_NAME = re.compile(r"^-- name: ([a-z][a-z0-9_]*)\s*$", re.MULTILINE)


class Queries:
    r"""The statements of one room, by name.

    >>> Queries.parse("-- name: one\nSELECT 1;\n", origin="doc")["one"]
    'SELECT 1;'
    """

    def __init__(self, statements: dict[str, str], *, origin: str) -> None:
        self._statements = statements
        self._origin = origin

    @classmethod
    def parse(cls, text: str, *, origin: str) -> Queries:
        """Statements of one SQL text.

        Raises
        ------
        ValueError   a name stands twice, or text precedes the first name
        """
        parts = _NAME.split(text)
        if any(line.strip() and not line.startswith("--") for line in parts[0].splitlines()):
            raise ValueError(f"{origin}: SQL before the first '-- name:' line")
        names, bodies = parts[1::2], parts[2::2]
        statements: dict[str, str] = {}
        for name, body in zip(names, bodies, strict=True):
            if name in statements:
                raise ValueError(f"{origin}: the statement '{name}' stands twice")
            statements[name] = body.strip()
        return cls(statements, origin=origin)

    @classmethod
    def load(cls, folder: Path) -> Queries:
        """Every statement of `folder/*.sql`; names are unique over the folder."""
        merged: dict[str, str] = {}
        for path in sorted(folder.glob("*.sql")):
            for name, body in cls.parse(path.read_text(encoding="utf-8"), origin=path.name).items():
                if name in merged:
                    raise ValueError(f"{path}: the statement '{name}' stands twice in {folder}")
                merged[name] = body
        return cls(merged, origin=str(folder))

    def __getitem__(self, name: str) -> LiteralString:
        """The statement of that name; `LiteralString`, since it comes from a file of the project."""
        try:
            return cast("LiteralString", self._statements[name])
        except KeyError:
            raise KeyError(f"no statement '{name}' in {self._origin}") from None

    def items(self) -> list[tuple[str, str]]:
        """Pairs (name, statement), in file order."""
        return list(self._statements.items())
