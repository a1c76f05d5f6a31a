"""The manifest of a compiled knowledge: what it was made from, when, how much it holds, and each file's checksum."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ontology.errors import KnowledgeDamaged, KnowledgeForeign, KnowledgeMissing

#: Raised by one whenever the arrays or their meaning change; an older folder is then refused and built anew.
SCHEMA = 2
FILE_NAME = "manifest.json"
#: A file larger than this is compared at opening by its size alone, so that opening stays below a tenth of a second;
#: what it holds is compared by `verify(whole=True)`, and its reader must notice damage by itself.
LARGE_BYTES = 32 * 2**20
_LATER = "later:"
_REBUILD = "Run `phenomap knowledge build`."


@dataclass(frozen=True, slots=True)
class Source:
    """One release file that went in."""

    name: str
    version: str
    sha256: str
    origin: str
    licence: str
    citation: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `phenomap knowledge show` prints and every report names.

    `counts` (terms, diseases, annotations, ...) are compared with the arrays at opening; `files` maps path to sha256,
    or to `later:BYTES:SHA256` for a large one; `companions` maps what other rooms compiled to their own schema;
    `notes` say what had to be left out.
    """

    schema: int
    release: str
    built: str
    fingerprint: str
    sources: tuple[Source, ...]
    companions: Mapping[str, int]
    counts: Mapping[str, int]
    notes: tuple[str, ...]
    files: Mapping[str, str]

    def write(self, folder: Path) -> None:
        """Write as JSON, last of all files: a folder without it was interrupted."""
        (folder / FILE_NAME).write_text(json.dumps(asdict(self), indent=1, sort_keys=True), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Read and check the schema; raises KnowledgeMissing, KnowledgeForeign or KnowledgeDamaged."""
        path = folder / FILE_NAME
        if not path.is_file():
            raise KnowledgeMissing(f"There is no compiled knowledge in {folder}.", _REBUILD)
        try:
            content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            schema = content["schema"]
        except (ValueError, KeyError, TypeError) as error:
            raise KnowledgeDamaged(f"{path} is not a manifest.", _REBUILD) from error
        if schema != SCHEMA:
            raise KnowledgeForeign(f"{folder} was written by schema {schema}; this version reads {SCHEMA}.", _REBUILD)
        try:
            sources = tuple(Source(**source) for source in content.pop("sources"))
            notes = tuple(content.pop("notes"))
            return cls(**content, sources=sources, notes=notes)
        except (KeyError, TypeError) as error:
            raise KnowledgeDamaged(f"{path} is incomplete.", _REBUILD) from error

    def sealed(self, folder: Path, counts: Mapping[str, int]) -> Manifest:
        """The same manifest with the counts and the checksum of every file that lies in `folder`."""
        files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != FILE_NAME)
        return replace(self, counts=counts, files={path.relative_to(folder).as_posix(): _seal(path) for path in files})

    def verify(self, folder: Path, whole: bool = False) -> None:
        """Compare every file with its seal; raises KnowledgeDamaged naming the first that differs or is absent.

        Large files are compared by size, and by checksum where `whole`.
        """
        with ThreadPoolExecutor(2) as pool:
            sound = list(pool.map(lambda name: _matches(folder / name, self.files[name], whole), self.files))
        for name, matches in zip(self.files, sound, strict=True):
            if not matches:
                absent = not (folder / name).is_file()
                fault = "is absent" if absent else "does not match its checksum"
                raise KnowledgeDamaged(f"{folder / name} {fault}.", _REBUILD)


def sha256(path: Path) -> str:
    """Hexadecimal sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _seal(path: Path) -> str:
    size = path.stat().st_size
    return f"{_LATER}{size}:{sha256(path)}" if size > LARGE_BYTES else sha256(path)


def _matches(path: Path, seal: str, whole: bool) -> bool:
    if not path.is_file():
        return False
    size, _, checksum = seal.removeprefix(_LATER).rpartition(":")
    if size and path.stat().st_size != int(size):
        return False
    return sha256(path) == checksum if whole or not size else True
