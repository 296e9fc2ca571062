"""Static files under names that hold their content's digest, so that browsers may keep them for ever.

Ours come from `maps/web/static`; Leaflet comes from `node_modules`, where the set-up installed it; a theme
folder (`SAS_THEME_DIR`) may replace any of ours of the same name and add `theme.css`, loaded last.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from core.errors import SystemMissing

NODE_MODULES = Path(__file__).resolve().parents[2] / "node_modules"
STATIC = Path(__file__).with_name("static")

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".json": "application/json",
}
_PACKAGED = {
    "leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet.css": "leaflet/dist/leaflet.css",
}
_URL = re.compile(r"url\(\s*(['\"]?)(?!data:|#)([^)'\"]+)\1\s*\)")
_SOURCE_MAP = re.compile(r"\n?//# sourceMappingURL=\S+\s*$")


@dataclass(frozen=True, kw_only=True)
class Asset:
    """A file ready to be sent: `path` is its name with the digest in it."""

    path: str
    media_type: str
    body: bytes
    gzipped: bytes | None


class Assets:
    """The files the pages use, read once."""

    def __init__(self, *, theme_dir: Path | None = None) -> None:
        files = {path.name: path for path in sorted(STATIC.iterdir()) if path.suffix in _TYPES}
        if theme_dir is not None:
            files |= {path.name: path for path in sorted(theme_dir.iterdir()) if path.suffix in _TYPES}
        self.themed = "theme.css" in files
        self._by_name: dict[str, Asset] = {}
        for name, path in files.items():
            self._add(name, path.read_bytes())
        for name, member in _PACKAGED.items():
            self._add(name, packaged_text(member).encode())
        self._by_path = {asset.path: asset for asset in self._by_name.values()}

    def url(self, name: str) -> str:
        """Address of a file by its plain name; KeyError when there is no such file."""
        return f"/static/{self[name].path}"

    def __getitem__(self, name: str) -> Asset:
        """A file by its plain name; KeyError when there is no such file."""
        return self._by_name[name]

    def find(self, path: str) -> Asset | None:
        """The file of that hashed name."""
        return self._by_path.get(path)

    def _add(self, name: str, body: bytes) -> None:
        stem, _, suffix = name.rpartition(".")
        digest = hashlib.sha256(body).hexdigest()[:12]
        small = gzip.compress(body, compresslevel=9, mtime=0)
        self._by_name[name] = Asset(
            path=f"{stem}.{digest}.{suffix}",
            media_type=_TYPES[f".{suffix}"],
            body=body,
            gzipped=small if len(small) < 0.9 * len(body) else None,
        )


def packaged_text(member: str) -> str:
    """Text of a file of an npm package, without its source map; images of a style sheet as data URIs.

    Raises
    ------
    SystemMissing   the packages are not installed
    """
    path = NODE_MODULES / member
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as exc:
        raise SystemMissing(
            "Les fichiers de la carte sont absents : lancez « npm ci --omit=dev » (ou « make demo »).",
            file=member,
        ) from exc
    text = _SOURCE_MAP.sub("\n", text)
    if path.suffix == ".css":
        text = _URL.sub(lambda match: f"url({_data_uri(path.parent / match[2])})", text)
    return text


def _data_uri(path: Path) -> str:
    if not path.exists():  # the "#default#VML" of old browsers
        return "data:,"
    return f"data:{_TYPES[path.suffix]};base64,{b64encode(path.read_bytes()).decode()}"
