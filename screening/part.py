"""What the jobs of workers have in common: what they are told, and the files that they leave for each part."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from screening.companions import Companions
from screening.layout import Layout
from screening.private import whole_file

_QUICK = 1  # of zlib's levels: rows are read again once


@dataclass(frozen=True, slots=True)
class Setting:
    """What the workers of a run need to know; it is sent to each. `knowledge` is the folder of the releases.

    Photos are looked for below `photos`, and not at all where it is None.
    """

    knowledge: Path
    layout: Layout
    parts: int
    least: int
    photos: Path | None
    companions: Companions


@dataclass(frozen=True, slots=True)
class PartDone:
    """A part that a worker has finished; its `files`, named from the folder of work on, have these checksums."""

    part: int
    files: dict[str, str]
    patients: int
    notes: int
    seconds: float


def line(told: object) -> bytes:
    """A JSON object as a line."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"


def packed(lines: Iterable[bytes]) -> bytes:
    """The same bytes for the same lines: no time stands in them."""
    return gzip.compress(b"".join(lines), _QUICK, mtime=0)


def kept(work: Path, contents: Mapping[Path, bytes]) -> dict[str, str]:
    """Write files; their names from `work` on with their checksums."""
    for target, content in contents.items():
        with whole_file(target) as out:
            out.write(content)
    return {str(target.relative_to(work)): sha256(content).hexdigest() for target, content in contents.items()}
