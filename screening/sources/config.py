"""How an archive is read, from a small TOML file and the words of the command; the command's words win."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from ontology.errors import InputError
from screening.sources.columns import Columns
from screening.sources.source import KINDS, SourceOptions

_WORDS = ("kind", "date_format", "encoding", "name_pattern")


def read_options(
    file: Path | None, told: dict[str, str | None], columns: str | None, read_document: Callable[[bytes], str] | None
) -> SourceOptions:
    """The options of `file` under those `told` (names as SourceOptions has them) and `columns` as the command has them.

    Raises InputError for whatever is not understood.
    """
    held = {} if file is None else _held(file)
    kept = Columns.of(held.pop("columns", {}))
    words = {name: told.get(name) or held.get(name) for name in _WORDS}
    if words["kind"] is not None and words["kind"] not in KINDS:
        raise InputError("kind", "This is no kind of archive.", f"Name one of: {', '.join(KINDS)}.")
    _check_format(words["date_format"])
    given = Columns() if columns is None else Columns.parse(columns)
    return SourceOptions(**words, columns=given.over(kept), read_document=read_document)


def _check_format(date_format: str | None) -> None:
    day = datetime(2021, 3, 14)
    try:
        right = date_format is None or datetime.strptime(day.strftime(date_format), date_format) == day
    except ValueError:
        right = False
    if not right:
        raise InputError("date_format", "This format does not tell year, month and day.", "Write such as %d/%m/%Y.")


def _held(file: Path) -> dict[str, Any]:
    try:
        held = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError("config", f"{file}: {error.strerror}.", "Check the path.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise InputError("config", f"{file} is no TOML in UTF-8.", 'Write such as: kind = "csv".') from None
    for name, value in held.items():
        right = isinstance(value, dict) if name == "columns" else isinstance(value, str)
        if name not in (*_WORDS, "columns") or not right:
            names = ", ".join((*_WORDS, "[columns]"))
            raise InputError("config", f"{file}: {name} is not understood.", f"There are {names}, all of text.")
    if not all(isinstance(column, str) for column in held.get("columns", {}).values()):
        raise InputError("config", f"{file}: a column's name is no text.", 'Write such as: patient = "MRN".')
    return held
