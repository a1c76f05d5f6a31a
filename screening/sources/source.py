"""The seam of archives: rows one after the other, in an order that is the same each time, and what was read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from ontology.errors import InputError, PhenomapError
from screening.record import FileRead, NoteRow, Reason, Row, SetAside
from screening.sources.columns import Columns
from screening.sources.values import storable, understood

KINDS = ("jsonl", "csv", "parquet", "omop", "fhir", "folder")
_AGAIN = "Bring it back, then go on with --resume."


class Source(Protocol):
    """An archive that is read once, from the beginning to the end."""

    @property
    def kind(self) -> str:
        """One of KINDS."""
        ...

    @property
    def shown(self) -> str:
        """A name of the archive that tells nothing of patients: that of the file or folder that was given."""
        ...

    @property
    def taken(self) -> Mapping[str, str]:
        """Which columns were taken for what, once `rows` has begun; empty where there are no columns."""
        ...

    def rows(self) -> Iterator[Row]:
        """Notes, people, and what cannot be taken; raises InputError or PhenomapError where reading must end."""
        ...

    def files(self) -> tuple[FileRead, ...]:
        """What was read; whole once `rows` has ended."""
        ...


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """How an archive is read; what is None is recognised.

    `read_document` gives the text of a document's bytes, or raises PhenomapError; without it, documents that are no
    plain text are set aside. `name_pattern` is a regular expression with the groups `patient`, `date` and `kind`.
    """

    kind: str | None = None
    columns: Columns = field(default_factory=Columns)
    date_format: str | None = None
    encoding: str | None = None
    name_pattern: str | None = None
    read_document: Callable[[bytes], str] | None = None


def open_source(where: str, options: SourceOptions) -> Source:
    """The archive at `where`; raises InputError where there is none, or what it is cannot be told."""
    from screening.sources.bulk import BulkSource
    from screening.sources.delimited import DelimitedSource
    from screening.sources.folder import FolderSource
    from screening.sources.jsonl import LinesSource
    from screening.sources.omop import omop_source
    from screening.sources.parquet import ParquetSource

    if "://" not in where:
        _readable(Path(where))
    kind = options.kind or recognised(where)
    if kind == "omop":
        return omop_source(where, options)
    path = Path(where)
    match kind:
        case "jsonl":
            return LinesSource(path, options)
        case "csv":
            return DelimitedSource(path, options)
        case "parquet":
            return ParquetSource(path, options)
        case "fhir":
            return BulkSource(path, options)
        case _:
            return FolderSource(path, options)


def _readable(path: Path) -> None:
    """Raises InputError where nothing is there, it is empty, or this user may not read it."""
    try:
        if path.is_dir():
            empty = next(path.iterdir(), None) is None
        else:
            with path.open("rb") as file:
                empty = not file.read(1)
    except FileNotFoundError:
        raise InputError("source", f"{path}: there is no such file or folder.", "Check the path.") from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise InputError("source", f"{path}: {why}.", "Give this user the right to read it.") from None
    if empty:
        raise InputError("source", f"{path} is empty.", "Name the archive that holds the notes.")


def recognised(where: str) -> str:
    """What an archive is by its name and what is in it; raises InputError where that tells nothing."""
    if where.startswith(("postgresql://", "postgres://")):
        return "omop"
    if "://" in where:  # it is not repeated: an address may hold a password
        raise InputError("source", "This address is of no kind that is read.", "Name a file or postgresql://...")
    path = Path(where)
    if path.is_dir():
        names = {each.name.casefold() for each in path.iterdir()}
        if {"note.parquet"} & names:
            return "omop"
        if any(name.endswith((".ndjson", ".ndjson.gz")) for name in names):
            return "fhir"
        return "parquet" if any(name.endswith(".parquet") for name in names) else "folder"
    suffixes = path.name.casefold().removesuffix(".gz").rpartition(".")[2]
    by_suffix = {"jsonl": "jsonl", "ndjson": "jsonl", "json": "jsonl", "csv": "csv", "tsv": "csv", "txt": "csv"}
    by_suffix |= {"parquet": "parquet", "duckdb": "omop", "db": "omop"}
    if by_suffix.get(suffixes) == "jsonl":
        return _kind_of_lines(path)
    if suffixes in by_suffix:
        return by_suffix[suffixes]
    raise InputError("source", f"{where}: what this is cannot be told by its name.", f"Add --kind {'|'.join(KINDS)}.")


def _kind_of_lines(path: Path) -> str:
    """`fhir` or `jsonl` by the first characters; raises InputError for one JSON array, which cannot be streamed."""
    from screening.sources.text_files import opened

    with opened(path) as file:
        begins = file.read(65_536).lstrip(b"\xef\xbb\xbf \t\r\n")
    if begins.startswith(b"["):
        raise InputError("source", f"{path.name} is one JSON array.", "Write one object a line: jq -c '.[]'.")
    return "fhir" if b'"resourceType"' in begins.partition(b"\n")[0] else "jsonl"


def note_or_aside(
    values: Mapping[str, Any], taken: Mapping[str, str], origin: str, date_format: str | None
) -> NoteRow | SetAside:
    """A row of a table as a note; `values` by column, `taken` as Columns.taken gives it."""
    patient, text = _words(values.get(taken["patient"])), values.get(taken["text"])
    photo = _words(values.get(taken["photo"])) if "photo" in taken else ""
    if not patient:
        return SetAside(origin, Reason.NO_PATIENT)
    if text is not None and not isinstance(text, str):
        return SetAside(origin, Reason.NOT_READABLE)
    if not (text or "").strip() and not photo:
        return SetAside(origin, Reason.NO_TEXT)
    written, born, told_sex = (values.get(taken[name]) if name in taken else None for name in ("date", "birth", "sex"))
    day, birth, sex, doubts = understood(written, born, told_sex, date_format)
    kind = _words(values.get(taken["kind"])) if "kind" in taken else ""
    if not storable(patient, text or "", kind, photo):
        return SetAside(origin, Reason.NOT_READABLE)
    return NoteRow(patient, text or "", origin, day, kind or None, sex, birth, photo or None, doubts)


def _words(value: object) -> str:
    if isinstance(value, float) and value.is_integer():  # whole numbers beside empty cells come as floats
        value = int(value)
    if value is None or value != value or isinstance(value, dict | list | bytes | bool):  # not equal to itself: NaN
        return ""
    return str(value).strip()


def gone(name: str, error: OSError) -> PhenomapError:
    """The archive cannot be read on: a file vanished, a disk failed, a permission is missing."""
    why = error.strerror or type(error).__name__
    return PhenomapError(f"{name}: {why}.", f"The archive cannot be read further. {_AGAIN}")
