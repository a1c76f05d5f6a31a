"""Everything a run leaves behind is written here, each file whole or not at all."""

from __future__ import annotations

import errno
import gzip
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ontology.errors import PhenomapError
from screening.output.cohort import counted
from screening.output.merged import merged, read_flagged
from screening.output.outcome import FINDINGS_FILE, FLAGGED_FILE, PAGE_FILE, PATIENTS_FILE, Outcome, PartFiles
from screening.output.page import Page
from screening.output.tables import write_tables
from screening.private import private_folder, whole_file


@dataclass(frozen=True, slots=True)
class Written:
    """Where the files lie."""

    patients: Path
    findings: Path
    flagged: Path
    page: Path


def write_output(outcome: Outcome, parts: PartFiles, folder: Path, language: str, words: Mapping[str, str]) -> Written:
    """Write the tables, the flagged patients and the page into `folder`, readable by their owner alone.

    `words` are the texts of `language` for the keys `screen.*`. Files that are there are replaced. Raises PhenomapError
    where the disk is full or a part cannot be read; no half file is left.
    """
    written = Written(folder / PATIENTS_FILE, folder / FINDINGS_FILE, folder / FLAGGED_FILE, folder / PAGE_FILE)
    with _faults_told(folder):
        private_folder(folder)
        flagged, foremost = merged(parts.told, written.flagged)
        write_tables(parts.rows, flagged, written.patients, written.findings)
        page = Page(outcome, counted(written.patients), foremost, language, words)
        with whole_file(written.page) as out:
            out.writelines(page.written(read_flagged(written.flagged)))
    return written


@contextmanager
def _faults_told(folder: Path) -> Iterator[None]:
    """Faults of the disk and of the parts, in words that hold nothing of a patient."""
    try:
        yield
    except (gzip.BadGzipFile, zlib.error, EOFError, ValueError, KeyError, TypeError) as error:
        raise PhenomapError(f"{folder}: a part of the run is damaged ({type(error).__name__}).", _DAMAGED) from None
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _full(folder) from error
        raise PhenomapError(
            f"{folder}: the output cannot be written ({error.strerror or type(error).__name__}).",
            "See that the folder can be written to, and run the command again: it goes on where it was.",
        ) from error
    except duckdb.Error as error:
        if "no space left" in str(error).casefold() or isinstance(error, duckdb.OutOfMemoryException):
            raise _full(folder) from None
        raise PhenomapError(
            f"{folder}: the tables cannot be written ({type(error).__name__}).", _DAMAGED
        ) from None  # its words may quote a line


_DAMAGED = "Remove the folder named work in it, and run the command again."


def _full(folder: Path) -> PhenomapError:
    return PhenomapError(
        f"{folder}: the disk is full, so that the output could not be written.",
        "Make room, and run the command again: it goes on where it was.",
    )
