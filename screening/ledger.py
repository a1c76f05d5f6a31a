"""What of a run is done, in a file of its own: a run that was ended anywhere goes on where it was.

A line is appended and put on disk once the files it speaks of are. A last line that was cut off counts as not written.
Two runs cannot have one folder: the ledger is locked while it is open.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import file_digest
from pathlib import Path
from typing import IO, Any

from ontology.errors import PhenomapError
from screening.part import PartDone
from screening.private import owner_only
from screening.record import Reason


@dataclass(slots=True)
class Ledger:
    """The parts that are done in each stage, and what is to be skipped: (part, item) with the reason."""

    _file: IO[bytes]
    done: dict[tuple[str, int], PartDone] = field(default_factory=dict)
    skipped: dict[int, dict[int, Reason]] = field(default_factory=dict)
    marks: dict[str, Any] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def open(cls, file: Path) -> Iterator[Ledger]:
        """The ledger in `file`, which is made where there is none; raises PhenomapError while another run has it."""
        with open(file, "a+b", opener=owner_only) as opened:
            try:
                fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise PhenomapError(
                    f"{file.parent.parent}: a run is at work in this folder.", "Wait for it, or end it first."
                ) from None
            ledger = cls(opened)
            ledger._read()
            yield ledger

    def add(self, stage: str, done: PartDone) -> None:
        """A part of a stage is done."""
        self.done[stage, done.part] = done
        self._write({"stage": stage, **asdict(done)})

    def skip(self, part: int, item: int, reason: Reason) -> None:
        """An item of a part ended its workers."""
        self.skipped.setdefault(part, {})[item] = reason
        self._write({"skip": item, "part": part, "reason": reason})

    def mark(self, name: str, value: Any) -> None:  # noqa: ANN401 - JSON
        """A step of the whole run is done; `value` is what came of it."""
        self.marks[name] = value
        self._write({"mark": name, "value": value})

    def once(self, name: str, value: Any) -> Any:  # noqa: ANN401 - JSON
        """The value that was marked first under a name: this one, where none was."""
        if name not in self.marks:
            self.mark(name, value)
        return self.marks[name]

    def is_done(self, stage: str, part: int, work: Path) -> bool:
        """Whether the part is done and its files, named from `work` on, are there as they were written."""
        done = self.done.get((stage, part))
        return done is not None and all(_is_whole(work / name, digest) for name, digest in done.files.items())

    def _read(self) -> None:
        self._file.seek(0)
        whole = 0
        for line in self._file:
            try:
                entry = json.loads(line) if line.endswith(b"\n") else None
            except ValueError:
                entry = None
            if entry is None:
                break
            whole += len(line)
            self._take(entry)
        if whole < self._file.seek(0, os.SEEK_END):
            self._file.truncate(whole)

    def _take(self, entry: dict[str, Any]) -> None:
        if "mark" in entry:
            self.marks[entry["mark"]] = entry["value"]
        elif "skip" in entry:
            self.skipped.setdefault(entry["part"], {})[entry["skip"]] = Reason(entry["reason"])
        else:
            done = PartDone(**{key: value for key, value in entry.items() if key != "stage"})
            self.done[entry["stage"], done.part] = done

    def _write(self, entry: dict[str, Any]) -> None:
        self._file.write(json.dumps(entry).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def _is_whole(file: Path, digest: str) -> bool:
    try:
        with file.open("rb") as held:
            return file_digest(held, "sha256").hexdigest() == digest
    except OSError:
        return False
