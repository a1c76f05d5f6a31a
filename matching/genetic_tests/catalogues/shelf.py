"""Catalogues kept beside the compiled releases: versions under a name, of which one may be in use.

`root/catalogues/NAME/VERSION/` holds a version (see kept.py) and `NAME/CURRENT` names the one in use; without it the
name is kept and not used. A version is written into a hidden folder, checked by opening it, and put in place in one
step. The table of gene names lies in `root/catalogues/gene_names.tsv`, with what is told of it in `gene_names.json`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from matching.genetic_tests.catalogue import Catalogue
from matching.genetic_tests.catalogues.faults import CatalogueDamaged, CatalogueRefused, CatalogueUnknown
from matching.genetic_tests.catalogues.kept import SCHEMA, Kept, open_version, write_tests
from matching.genetic_tests.catalogues.reading import Reading
from ontology.manifest import sha256

FOLDER = "catalogues"
CURRENT = "CURRENT"
#: What is told of the table of gene names: written last, after the table itself.
GENE_NAMES = "gene_names.json"
#: With more of its rows faulty, a file is refused even where faulty rows may be left out.
MOST_FAULTY = 0.1
_STAGE = ".importing-"
_NAME = re.compile(r"[^\W_][\w\-]{0,59}")
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{8}")

#: Folder, time of writing (ns) and inode of each file that says what is in use.
Marks = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Shelved:
    """A version that is kept, and whether it is in use."""

    kept: Kept
    folder: Path
    in_use: bool


def check_name(name: str) -> str:
    """The name as it is kept; raises CatalogueRefused where it cannot be a folder's."""
    plain = unicodedata.normalize("NFKC", name).strip()
    if not _NAME.fullmatch(plain) or len(plain.encode()) > 200:
        raise CatalogueRefused(f"{name[:60]!r} cannot name a catalogue.", "Use letters, digits, - and _; at most 60.")
    return plain


def keep(
    root: Path,
    name: str,
    source: Path,
    reading: Reading,
    *,
    release: str,
    gene_names: str,
    options: Mapping[str, object],
    skip_faulty: bool = False,
) -> tuple[Shelved, bool]:
    """Keep a reading as a version of `name` and put it in use; False where the same version was kept already.

    Raises CatalogueRefused where rows are faulty and `skip_faulty` is not asked for, or too many are.
    """
    name = check_name(name)
    refuse_faulty(reading, skip_faulty)
    source_sha = sha256(source)
    made_of = json.dumps(
        [SCHEMA, source_sha, reading.format, release, gene_names, options, skip_faulty], sort_keys=True
    )
    fingerprint = hashlib.sha256(made_of.encode()).hexdigest()[:8]
    shelf = root / FOLDER / name
    for folder in shelf.glob(f"*-{fingerprint}"):
        if _VERSION.fullmatch(folder.name) and _sound(folder):
            _use(shelf, folder.name)
            return Shelved(Kept.read(folder), folder, True), False
    now = datetime.now(UTC)
    kept = Kept(
        schema=SCHEMA,
        name=name,
        version=f"{now:%Y-%m-%d}-{fingerprint}",
        imported=now.isoformat(timespec="milliseconds"),
        format=reading.format.value,
        source=source.name,
        sha256=source_sha,
        encoding=reading.encoding,
        release=release,
        gene_names=gene_names,
        options=dict(options),
        currency=reading.currency,
        counts=reading.counts(),
        unread=reading.unread,
        left_out=[(note.number, note.what) for note in reading.faults],
        passed_over=[(note.number, note.what) for note in reading.passed_over],
    )
    _sweep(shelf)
    stage = shelf / f"{_STAGE}{os.getpid()}"
    try:
        stage.mkdir(parents=True)
        write_tests(stage, reading.tests, reading.lost)
        kept.write(stage)
        open_version(stage, whole=True)
        target = shelf / kept.version
        if target.exists():  # a damaged namesake, or it would have been used above
            shutil.rmtree(target)
        stage.rename(target)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        if shelf.is_dir() and not any(shelf.iterdir()):
            shelf.rmdir()
    _use(shelf, kept.version)
    return Shelved(Kept.read(target), target, True), True


def refuse_faulty(reading: Reading, skip_faulty: bool) -> None:
    """Raise CatalogueRefused where faulty rows stand against keeping `reading`."""
    count = reading.fault_count
    if not count:
        return
    first = reading.faults[0]
    what = f"Rows that cannot be used: {count:,} of {reading.rows:,}, the first {first.number}: {first.what}"
    if not skip_faulty:
        raise CatalogueRefused(what, "Correct them, or leave them out: --skip-faulty.", reading.faults, count)
    if count > MOST_FAULTY * reading.rows:
        what = f"{what} More than a tenth cannot be left out."
        raise CatalogueRefused(what, "Correct them.", reading.faults, count)


def shelved(root: Path) -> tuple[Shelved, ...]:
    """Every version that is kept and can be read, by name and from the newest."""
    found = []
    for shelf in sorted(_shelves(root)):
        current = _named_current(shelf)
        versions = [
            Shelved(kept, folder, folder.name == current) for folder in _versions(shelf) if (kept := _kept(folder))
        ]
        found += sorted(versions, key=lambda each: each.kept.imported, reverse=True)
    return tuple(found)


def damaged(root: Path) -> tuple[Path, ...]:
    """Folders of versions that cannot be read."""
    return tuple(folder for shelf in sorted(_shelves(root)) for folder in _versions(shelf) if _kept(folder) is None)


def use(root: Path, name: str, version: str | None) -> Shelved:
    """Put a version in use, the newest where `version` is None; raises CatalogueUnknown or CatalogueDamaged."""
    name = check_name(name)
    versions = [each for each in shelved(root) if each.kept.name == name]
    chosen = next((each for each in versions if version in (None, each.kept.version)), None)
    if chosen is None:
        held = ", ".join(each.kept.version for each in versions) or "none"
        raise CatalogueUnknown(f"There is no such version of {name}; kept: {held}.", "See `phenomap tests list`.")
    open_version(chosen.folder, whole=True)
    _use(root / FOLDER / name, chosen.kept.version)
    return Shelved(chosen.kept, chosen.folder, True)


def put_away(root: Path, name: str) -> None:
    """Take a catalogue out of use, keeping its versions; raises CatalogueUnknown where it is not in use."""
    pointer = root / FOLDER / check_name(name) / CURRENT
    if not pointer.is_file():
        raise CatalogueUnknown(f"{name} is not in use.", "See `phenomap tests list`.")
    pointer.unlink()


def in_use(root: Path) -> tuple[Catalogue, ...]:
    """The catalogues in use, by name; raises CatalogueDamaged."""
    return tuple(open_version(folder)[1] for folder in folders_in_use(root))


def folders_in_use(root: Path) -> tuple[Path, ...]:
    """Their folders, by name."""
    return tuple(shelf / current for shelf in sorted(_shelves(root)) if (current := _current(shelf)))


def marks(root: Path) -> Marks:
    """What tells whether other catalogues, or other gene names, are in use than before; nothing of them is opened."""
    folder = root / FOLDER
    if not folder.is_dir():
        return ()
    pointers = (*(shelf / CURRENT for shelf in sorted(_shelves(root))), folder / GENE_NAMES)
    found = []
    for pointer in pointers:
        try:
            told = pointer.stat()
        except FileNotFoundError:
            continue
        found.append((pointer.parent.name, told.st_mtime_ns, told.st_ino))
    return tuple(found)


def named(root: Path, names: Sequence[str]) -> tuple[Catalogue, ...]:
    """Catalogues by name: the version in use, else the newest that is kept; raises CatalogueUnknown."""
    found = []
    for name in names:
        versions = [each for each in shelved(root) if each.kept.name == check_name(name)]
        if not versions:
            raise CatalogueUnknown(
                f"No catalogue {name[:60]!r} is kept.", "Import it first: see `phenomap tests list`."
            )
        chosen = next((each for each in versions if each.in_use), versions[0])
        found.append(open_version(chosen.folder)[1])
    return tuple(found)


def _shelves(root: Path) -> list[Path]:
    folder = root / FOLDER
    return (
        [each for each in folder.iterdir() if each.is_dir() and _NAME.fullmatch(each.name)] if folder.is_dir() else []
    )


def _versions(shelf: Path) -> list[Path]:
    return sorted(folder for folder in shelf.iterdir() if _VERSION.fullmatch(folder.name))


def _kept(folder: Path) -> Kept | None:
    """What is told of a version; None where that cannot be read."""
    try:
        return Kept.read(folder)
    except CatalogueDamaged:
        return None


def _named_current(shelf: Path) -> str:
    """What CURRENT says; empty where there is none."""
    pointer = shelf / CURRENT
    return pointer.read_text(encoding="utf-8", errors="replace").strip() if pointer.is_file() else ""


def _current(shelf: Path) -> str:
    """The version in use; empty where none is."""
    version = _named_current(shelf)
    if version and not _VERSION.fullmatch(version):
        raise CatalogueDamaged(f"{shelf / CURRENT} names no version.", f"Run `phenomap tests use {shelf.name}`.")
    return version


def _use(shelf: Path, version: str) -> None:
    pointer = shelf / f"{_STAGE}{os.getpid()}-pointer"
    pointer.write_text(version + "\n", encoding="utf-8")
    pointer.replace(shelf / CURRENT)


def _sound(folder: Path) -> bool:
    try:
        open_version(folder, whole=True)
    except CatalogueDamaged:
        return False
    return True


def _sweep(shelf: Path) -> None:
    """Remove what imports that are no longer running left behind."""
    for left in shelf.glob(f"{_STAGE}*"):
        owner = left.name.removeprefix(_STAGE).split("-")[0]
        if not (owner.isdigit() and Path(f"/proc/{owner}").exists()):
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
