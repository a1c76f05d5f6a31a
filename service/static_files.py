"""The page's scripts, styles and icon as they are at start: held in memory, packed once, named by their content.

The address of a file with its content's hash (`/static/page.css?v=...`) may be kept for a year, since another content
has another address; without the hash a browser asks each time whether the file has changed.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).parent / "static"
#: What is served; a licence or a draft that lies in the folder is not.
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}
#: A year in seconds, the longest that caches are asked to keep anything: RFC 2616, section 14.21.
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is and packed by gzip; `version` is the beginning of its SHA-256 in hexadecimal."""

    content: bytes
    packed: bytes
    media_type: str
    version: str

    def tag(self, packed: bool) -> str:
        """The ETag; what is packed has its own, as it is other bytes (RFC 9110, section 8.8.3.3)."""
        return f'"{self.version}-gzip"' if packed else f'"{self.version}"'

    def is_had(self, if_none_match: str) -> bool:
        """Whether a browser has it already, packed or not; a proxy that packs marks the tag as weak."""
        tags = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
        return not tags.isdisjoint({self.tag(True), self.tag(False)})

    def keeping(self, version: str | None) -> str:
        """`Cache-Control` for an address that names `version`, which may be that of a page of yesterday."""
        return FOR_EVER if version == self.version else ASK_AGAIN


@lru_cache(maxsize=1)
def static_files() -> Mapping[str, StaticFile]:
    """All files by their path below `/static/`."""
    return MappingProxyType(
        {
            path.relative_to(FOLDER).as_posix(): _file(path)
            for path in sorted(FOLDER.rglob("*"))
            if path.suffix in _TYPES and not path.name.startswith(".")
        }
    )


def address(name: str) -> str:
    """The address of a file with its content's hash. Raises KeyError.

    Not for a script that another one imports: with two addresses a module would be run twice.
    """
    return f"/static/{name}?v={static_files()[name].version}"


def takes_gzip(accept_encoding: str) -> bool:
    """Whether an `Accept-Encoding` allows gzip: by name or by `*`, and not with a weight of zero."""
    weights = {}
    for each in accept_encoding.lower().split(","):
        coding, _, weight = each.partition(";")
        weights[coding.strip()] = weight.replace(" ", "").removeprefix("q=") or "1"
    return weights.get("gzip", weights.get("*", "0")).strip("0.") != ""


def _file(path: Path) -> StaticFile:
    content = path.read_bytes()
    version = hashlib.sha256(content).hexdigest()[:16]
    return StaticFile(content, gzip.compress(content, 9, mtime=0), _TYPES[path.suffix], version)
